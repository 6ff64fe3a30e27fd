-- Which instance answers: machine, names, collation, full-text search, version, and what this account may do there.
-- Reference: learn.microsoft.com, SERVERPROPERTY, @@SERVERNAME, IS_SRVROLEMEMBER (Transact-SQL).
USE master;
SELECT
    CAST(SERVERPROPERTY('MachineName') AS nvarchar(128)) AS machine,
    COALESCE(CAST(SERVERPROPERTY('InstanceName') AS nvarchar(128)), N'MSSQLSERVER') AS instance,
    CASE WHEN @@SERVERNAME = CAST(SERVERPROPERTY('ServerName') AS nvarchar(128)) THEN 1 ELSE 0 END AS names_agree,
    CAST(SERVERPROPERTY('Collation') AS nvarchar(128)) AS collation,
    CAST(SERVERPROPERTY('IsFullTextInstalled') AS int) AS full_text,
    COALESCE(CAST(SERVERPROPERTY('IsHadrEnabled') AS int), 0) AS availability_groups,
    COALESCE(CAST(SERVERPROPERTY('IsClustered') AS int), 0) AS is_clustered,
    CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(128)) AS version,
    CAST(SERVERPROPERTY('Edition') AS nvarchar(128)) AS edition,
    COALESCE(IS_SRVROLEMEMBER('sysadmin'), 0) AS sysadmin;
