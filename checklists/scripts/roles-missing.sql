-- Which of these roles (joined by blanks) the user of this account does not hold in this database. `unknown` counts names of the list that
-- are no role of this database; `user_there` is 0 when the account has no user here.
-- Reference: learn.microsoft.com, sys.database_role_members, sys.database_principals, SUSER_SID.
DECLARE @account sysname = ?, @roles nvarchar(2000) = ?;
DECLARE @user int = (SELECT TOP (1) principal_id FROM sys.database_principals WHERE sid = SUSER_SID(@account) OR name = @account ORDER BY CASE WHEN sid = SUSER_SID(@account) THEN 1 ELSE 2 END);
WITH wanted AS (
    SELECT r.name, (SELECT COUNT(*) FROM sys.database_role_members AS m WHERE m.role_principal_id = r.principal_id AND m.member_principal_id = @user) AS held
    FROM sys.database_principals AS r
    WHERE r.type = 'R' AND CHARINDEX(N' ' + r.name + N' ', N' ' + @roles + N' ') > 0
)
SELECT
    CASE WHEN @user IS NULL THEN 0 ELSE 1 END AS user_there,
    (SELECT COUNT(*) FROM wanted WHERE held = 0) AS missing,
    COALESCE(STUFF((SELECT N', ' + name FROM wanted WHERE held = 0 ORDER BY name FOR XML PATH(N''), TYPE).value(N'.', N'nvarchar(2000)'), 1, 2, N''), N'none') AS missing_names,
    LEN(@roles) - LEN(REPLACE(@roles, N' ', N'')) + 1 - (SELECT COUNT(*) FROM wanted) AS unknown;
