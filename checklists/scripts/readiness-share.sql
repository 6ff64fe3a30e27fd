-- Whether the service account of SQL Server reads this folder: RESTORE reads as that account, not as the one logged on. It is tried with the
-- label of the latest full backup that this instance made there; `label_read` is empty where it made none, and then it cannot be told.
-- Reference: learn.microsoft.com, RESTORE LABELONLY, backupset, backupmediafamily (msdb).
USE master;
SET NOCOUNT ON;
DECLARE @folder nvarchar(260) = ?;
DECLARE @file nvarchar(260), @read int;
IF RIGHT(@folder, 1) <> N'\' SET @folder = @folder + N'\';
SELECT TOP (1) @file = f.physical_device_name
FROM msdb.dbo.backupset AS s INNER JOIN msdb.dbo.backupmediafamily AS f ON f.media_set_id = s.media_set_id
WHERE s.type = 'D' AND f.device_type = 2 AND LEFT(f.physical_device_name, LEN(@folder)) = @folder
ORDER BY s.backup_finish_date DESC;
IF @file IS NOT NULL
BEGIN
    BEGIN TRY
        RESTORE LABELONLY FROM DISK = @file;
        SET @read = 1;
    END TRY
    BEGIN CATCH
        SET @read = 0;
    END CATCH;
END;
SELECT @read AS label_read, @file AS backup_file;
