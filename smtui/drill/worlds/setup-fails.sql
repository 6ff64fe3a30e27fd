-- Setup ends because the database is of another version.

UPDATE settings SET value = '209' WHERE key = 'setup_exit_code';
