-- Whether the database of this name could be recovered: its state, what surrounds it, and its backups in msdb.
-- Hours and minutes are ages; log_gaps counts log backups since the last full one that do not continue the one before.
USE master;
WITH wanted AS (SELECT CAST(? AS nvarchar(128)) AS name),
last_full AS (
    SELECT MAX(b.backup_finish_date) AS finished
    FROM msdb.dbo.backupset AS b
    JOIN wanted ON b.database_name = wanted.name
    WHERE b.type = 'D'
),
logs AS (
    SELECT b.first_lsn, b.backup_finish_date, LAG(b.last_lsn) OVER (ORDER BY b.backup_finish_date, b.backup_set_id) AS before
    FROM msdb.dbo.backupset AS b
    JOIN wanted ON b.database_name = wanted.name
    CROSS JOIN last_full
    WHERE b.type = 'L' AND b.backup_finish_date >= last_full.finished
)
SELECT
    CAST(SERVERPROPERTY('ServerName') AS nvarchar(128)) AS server_name,
    CAST(IS_SRVROLEMEMBER('sysadmin') AS int) AS sysadmin,
    CAST(SERVERPROPERTY('IsClustered') AS int) AS clustered,
    CASE WHEN d.name IS NULL THEN 0 ELSE 1 END AS there,
    d.state_desc AS state,
    d.recovery_model_desc AS recovery_model,
    CASE WHEN d.replica_id IS NULL THEN 0 ELSE 1 END AS in_availability_group,
    DATEDIFF(hour, last_full.finished, GETDATE()) AS full_backup_hours,
    (SELECT DATEDIFF(minute, MAX(logs.backup_finish_date), GETDATE()) FROM logs) AS log_backup_minutes,
    (SELECT COUNT(*) FROM logs WHERE logs.first_lsn > logs.before) AS log_gaps
FROM wanted
CROSS JOIN last_full
LEFT JOIN sys.databases AS d ON d.name = wanted.name;
