-- The rebuilt machines have been given other names.

UPDATE settings SET value = '1' WHERE key = 'machine_renamed';
