-- Opens one database to all connections again.
-- Reference: learn.microsoft.com, ALTER DATABASE SET (MULTI_USER), QUOTENAME, sp_executesql.
USE master;
SET NOCOUNT ON;
DECLARE @database sysname = ?;
IF EXISTS (SELECT 1 FROM sys.databases WHERE name = @database AND user_access_desc <> N'MULTI_USER')
BEGIN
    DECLARE @statement nvarchar(400) = N'ALTER DATABASE ' + QUOTENAME(@database) + N' SET MULTI_USER WITH ROLLBACK IMMEDIATE';
    RAISERROR (N'%s', 0, 1, @statement) WITH NOWAIT;
    EXEC sys.sp_executesql @statement;
END;
SELECT user_access_desc AS user_access FROM sys.databases WHERE name = @database;
