-- How old the latest backups of one database are, and where the full one lies. Times are the server's own.
-- Reference: learn.microsoft.com, backupset, backupmediafamily (msdb).
USE master;
DECLARE @database sysname = ?;
SELECT
    DATEDIFF(HOUR, (SELECT MAX(backup_finish_date) FROM msdb.dbo.backupset WHERE database_name = @database AND type = 'D'), GETDATE()) AS full_hours,
    DATEDIFF(HOUR, (SELECT MAX(backup_finish_date) FROM msdb.dbo.backupset WHERE database_name = @database AND type IN ('D', 'I', 'L')), GETDATE()) AS any_hours,
    (SELECT TOP (1) CAST(has_backup_checksums AS int) FROM msdb.dbo.backupset WHERE database_name = @database AND type = 'D' ORDER BY backup_finish_date DESC) AS checksums,
    (SELECT TOP (1) f.physical_device_name FROM msdb.dbo.backupset AS s INNER JOIN msdb.dbo.backupmediafamily AS f ON f.media_set_id = s.media_set_id
        WHERE s.database_name = @database AND s.type = 'D' ORDER BY s.backup_finish_date DESC) AS full_path,
    (SELECT recovery_model_desc FROM sys.databases WHERE name = @database) AS recovery_model;
