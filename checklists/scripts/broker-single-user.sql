-- The last resort for the broker: single-user, broker on, multi-user, all on this one connection. If it breaks off in between, the database
-- stays single-user, and another connection may take the only place.
-- Reference: learn.microsoft.com, ALTER DATABASE SET (SINGLE_USER, ENABLE_BROKER, MULTI_USER), QUOTENAME, sp_executesql.
USE master;
SET NOCOUNT ON;
DECLARE @database sysname = ?;
IF EXISTS (SELECT 1 FROM sys.databases WHERE name = @database AND is_broker_enabled = 0)
BEGIN
    DECLARE @quoted nvarchar(260) = QUOTENAME(@database), @statement nvarchar(400);
    SET @statement = N'ALTER DATABASE ' + @quoted + N' SET SINGLE_USER WITH ROLLBACK IMMEDIATE';
    RAISERROR (N'%s', 0, 1, @statement) WITH NOWAIT;
    EXEC sys.sp_executesql @statement;
    SET @statement = N'ALTER DATABASE ' + @quoted + N' SET ENABLE_BROKER';
    RAISERROR (N'%s', 0, 1, @statement) WITH NOWAIT;
    EXEC sys.sp_executesql @statement;
    SET @statement = N'ALTER DATABASE ' + @quoted + N' SET MULTI_USER';
    RAISERROR (N'%s', 0, 1, @statement) WITH NOWAIT;
    EXEC sys.sp_executesql @statement;
END;
SELECT CAST(is_broker_enabled AS int) AS broker, user_access_desc AS user_access FROM sys.databases WHERE name = @database;
