-- The new machines are not in the domain yet.

UPDATE settings SET value = '1' WHERE key = 'not_joined';
