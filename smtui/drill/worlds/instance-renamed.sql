-- The rebuilt instances answer under another name than SQL Server has on record.

UPDATE settings SET value = '1' WHERE key = 'instance_renamed';
