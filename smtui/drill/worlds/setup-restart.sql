-- Setup ends well and wants a restart of the machine.

UPDATE settings SET value = '3010' WHERE key = 'setup_exit_code';
