-- The rebuilt instances have another collation than the backups.

UPDATE settings SET value = 'Latin1_General_CI_AS' WHERE key = 'collation';
