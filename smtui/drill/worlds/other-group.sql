-- The database belongs to another management group than the environment file says.

UPDATE settings SET value = 'SM_OTHER' WHERE key = 'management_group';
