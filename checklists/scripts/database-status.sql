-- Whether the database of this name is there, online, writable and, in an availability group, the primary replica.
USE master;
SELECT
    CAST(SERVERPROPERTY('ServerName') AS nvarchar(128)) AS server_name,
    d.name AS name,
    d.state_desc AS state,
    CAST(DATABASEPROPERTYEX(d.name, 'Updateability') AS nvarchar(128)) AS updateability,
    d.user_access_desc AS user_access,
    CAST(d.is_broker_enabled AS int) AS broker,
    CAST(COALESCE(sys.fn_hadr_is_primary_replica(d.name), 1) AS int) AS primary_replica
FROM sys.databases AS d
WHERE d.name = ?;
