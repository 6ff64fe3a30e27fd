-- Turns the broker of one database on without making it single-user; open transactions there are rolled back. Its broker id stays.
-- Error 9772 means that another database of the instance has the same id: that is for a person, and NEW_BROKER is not the answer.
-- Reference: learn.microsoft.com, ALTER DATABASE SET (ENABLE_BROKER, WITH ROLLBACK IMMEDIATE), QUOTENAME, sp_executesql.
USE master;
SET NOCOUNT ON;
DECLARE @database sysname = ?;
IF EXISTS (SELECT 1 FROM sys.databases WHERE name = @database AND is_broker_enabled = 0)
BEGIN
    DECLARE @statement nvarchar(400) = N'ALTER DATABASE ' + QUOTENAME(@database) + N' SET ENABLE_BROKER WITH ROLLBACK IMMEDIATE';
    RAISERROR (N'%s', 0, 1, @statement) WITH NOWAIT;
    EXEC sys.sp_executesql @statement;
END;
SELECT CAST(is_broker_enabled AS int) AS broker, user_access_desc AS user_access FROM sys.databases WHERE name = @database;
