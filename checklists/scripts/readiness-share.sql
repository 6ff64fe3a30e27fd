-- Whether the service account of SQL Server sees this folder: RESTORE reads as that account, not as the one logged on.
USE master;
SET NOCOUNT ON;
DECLARE @seen TABLE (file_exists int, is_folder int, parent_exists int);
INSERT INTO @seen EXEC master.sys.xp_fileexist ?;
SELECT file_exists, is_folder, parent_exists FROM @seen;
