-- The database cannot be written to.

UPDATE databases SET is_read_only = 1 WHERE role = 'service-manager';
