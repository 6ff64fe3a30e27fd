-- Users of this database without a login in the instance: Windows accounts whose login can be made, Windows accounts that the directory
-- does not resolve, and users of SQL logins, which need their own password and identifier.
-- Reference: learn.microsoft.com, sys.database_principals, sys.server_principals, SUSER_SNAME.
WITH lonely AS (
    SELECT p.name, p.type, SUSER_SNAME(p.sid) AS login_name
    FROM sys.database_principals AS p
    WHERE p.type IN ('U', 'G', 'S') AND p.principal_id > 4 AND p.authentication_type IN (1, 3)
        AND NOT EXISTS (SELECT 1 FROM sys.server_principals AS s WHERE s.sid = p.sid)
)
SELECT
    (SELECT COUNT(*) FROM lonely WHERE type <> 'S' AND login_name IS NOT NULL) AS missing,
    COALESCE(STUFF((SELECT N', ' + login_name FROM lonely WHERE type <> 'S' AND login_name IS NOT NULL ORDER BY login_name FOR XML PATH(N''), TYPE).value(N'.', N'nvarchar(2000)'), 1, 2, N''), N'none') AS missing_names,
    (SELECT COUNT(*) FROM lonely WHERE type <> 'S' AND login_name IS NULL) AS unresolved,
    COALESCE(STUFF((SELECT N', ' + name FROM lonely WHERE type <> 'S' AND login_name IS NULL ORDER BY name FOR XML PATH(N''), TYPE).value(N'.', N'nvarchar(2000)'), 1, 2, N''), N'none') AS unresolved_names,
    (SELECT COUNT(*) FROM lonely WHERE type = 'S') AS orphans,
    COALESCE(STUFF((SELECT N', ' + name FROM lonely WHERE type = 'S' ORDER BY name FOR XML PATH(N''), TYPE).value(N'.', N'nvarchar(2000)'), 1, 2, N''), N'none') AS orphan_names;
