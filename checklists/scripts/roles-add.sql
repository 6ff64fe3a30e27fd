-- Gives the user of this account those of these roles (joined by blanks) that it does not hold, each shown before. Takes none away.
-- Reference: learn.microsoft.com, ALTER ROLE (ADD MEMBER), sys.database_role_members, SUSER_SID, QUOTENAME, sp_executesql.
SET NOCOUNT ON;
DECLARE @account sysname = ?, @roles nvarchar(2000) = ?;
DECLARE @user int, @user_name sysname, @role sysname, @statement nvarchar(600), @added int = 0;
SELECT TOP (1) @user = principal_id, @user_name = name FROM sys.database_principals
WHERE sid = SUSER_SID(@account) OR name = @account ORDER BY CASE WHEN sid = SUSER_SID(@account) THEN 1 ELSE 2 END;
IF @user IS NULL THROW 50007, N'The account has no user in this database; nothing was changed.', 1;
DECLARE role_cursor CURSOR LOCAL STATIC FOR
    SELECT r.name FROM sys.database_principals AS r
    WHERE r.type = 'R' AND CHARINDEX(N' ' + r.name + N' ', N' ' + @roles + N' ') > 0
        AND NOT EXISTS (SELECT 1 FROM sys.database_role_members AS m WHERE m.role_principal_id = r.principal_id AND m.member_principal_id = @user);
OPEN role_cursor;
FETCH NEXT FROM role_cursor INTO @role;
WHILE @@FETCH_STATUS = 0
BEGIN
    SET @statement = N'ALTER ROLE ' + QUOTENAME(@role) + N' ADD MEMBER ' + QUOTENAME(@user_name);
    RAISERROR (N'%s', 0, 1, @statement) WITH NOWAIT;
    EXEC sys.sp_executesql @statement;
    SET @added = @added + 1;
    FETCH NEXT FROM role_cursor INTO @role;
END;
CLOSE role_cursor;
SELECT @added AS added;
