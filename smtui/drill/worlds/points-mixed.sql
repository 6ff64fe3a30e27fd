-- The backups of one database of the warehouse end hours before those of the others.

UPDATE backup_sets SET finished = ago(400) WHERE database_name = 'DWDataMart' AND path LIKE '%-log_.trn';
