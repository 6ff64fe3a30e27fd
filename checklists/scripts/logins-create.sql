-- Makes the missing logins of Windows accounts that have a user in this database, each shown before it is made. No other login is touched;
-- users of SQL logins and accounts that the directory does not resolve are left to a person.
-- Reference: learn.microsoft.com, CREATE LOGIN (FROM WINDOWS), sys.database_principals, SUSER_SNAME, QUOTENAME, sp_executesql.
SET NOCOUNT ON;
DECLARE @name sysname, @statement nvarchar(400), @made int = 0;
DECLARE login_cursor CURSOR LOCAL STATIC FOR
    SELECT DISTINCT SUSER_SNAME(p.sid) FROM sys.database_principals AS p
    WHERE p.type IN ('U', 'G') AND p.principal_id > 4 AND p.authentication_type = 3 AND SUSER_SNAME(p.sid) IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM sys.server_principals AS s WHERE s.sid = p.sid);
OPEN login_cursor;
FETCH NEXT FROM login_cursor INTO @name;
WHILE @@FETCH_STATUS = 0
BEGIN
    SET @statement = N'CREATE LOGIN ' + QUOTENAME(@name) + N' FROM WINDOWS';
    RAISERROR (N'%s', 0, 1, @statement) WITH NOWAIT;
    EXEC sys.sp_executesql @statement;
    SET @made = @made + 1;
    FETCH NEXT FROM login_cursor INTO @name;
END;
CLOSE login_cursor;
SELECT @made AS made;
