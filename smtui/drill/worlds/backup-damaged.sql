-- The latest log backups cannot be read to their end.

UPDATE backup_sets SET damaged = 1 WHERE path LIKE '%-log3.trn';
