-- How the restore of one database stands: its state, the share of a restore that runs, or `aborted` when it is RESTORING and nothing runs.
-- The rest tells an auditor what was restored: the set of the latest full restore, the moment of the latest restore of any kind, and the
-- recovery forks: the one that the backup was taken on, and the one that the database is on now.
-- Reference: learn.microsoft.com, sys.databases, sys.database_recovery_status, sys.dm_exec_requests, restorehistory, backupset (msdb).
USE master;
DECLARE @database sysname = ?;
SELECT
    @database AS name,
    COALESCE(d.state_desc, N'ABSENT') AS state,
    CAST(DATABASEPROPERTYEX(@database, 'Updateability') AS nvarchar(128)) AS updateability,
    CASE WHEN d.state_desc = N'RESTORING' AND running.told IS NULL THEN 1 ELSE 0 END AS aborted,
    running.told AS progress,
    CAST(b.backup_set_uuid AS nvarchar(36)) AS backup_set,
    b.position AS position,
    CONVERT(nvarchar(19), b.backup_finish_date, 126) AS backup_finished,
    CAST(b.has_backup_checksums AS int) AS checksums,
    CAST(b.first_lsn AS nvarchar(30)) AS first_lsn,
    CAST(b.last_lsn AS nvarchar(30)) AS last_lsn,
    CAST(b.checkpoint_lsn AS nvarchar(30)) AS checkpoint_lsn,
    CAST(b.last_recovery_fork_guid AS nvarchar(36)) AS backup_fork,
    CAST(f.recovery_fork_guid AS nvarchar(36)) AS recovery_fork,
    (SELECT CONVERT(nvarchar(19), MAX(s.backup_finish_date), 126) FROM msdb.dbo.restorehistory AS r
        INNER JOIN msdb.dbo.backupset AS s ON s.backup_set_id = r.backup_set_id
        WHERE r.destination_database_name = @database AND r.restore_date >= b.restore_date) AS recovered_to,
    CONVERT(nvarchar(19), b.restore_date, 126) AS restored_at,
    DATEDIFF(MINUTE, b.restore_date, GETDATE()) AS minutes_ago
FROM (SELECT 1 AS one) AS always
LEFT JOIN sys.databases AS d ON d.name = @database
LEFT JOIN sys.database_recovery_status AS f ON f.database_id = d.database_id
OUTER APPLY (SELECT TOP (1) q.command + N', ' + CAST(CAST(q.percent_complete AS int) AS nvarchar(10)) + N' %' AS told
    FROM sys.dm_exec_requests AS q WHERE q.command IN (N'RESTORE DATABASE', N'RESTORE LOG')) AS running
OUTER APPLY (SELECT TOP (1) s.backup_set_uuid, s.position, s.backup_finish_date, s.has_backup_checksums, s.first_lsn, s.last_lsn,
        s.checkpoint_lsn, s.last_recovery_fork_guid, r.restore_date
    FROM msdb.dbo.restorehistory AS r INNER JOIN msdb.dbo.backupset AS s ON s.backup_set_id = r.backup_set_id
    WHERE r.destination_database_name = @database AND r.restore_type = 'D' ORDER BY r.restore_history_id DESC) AS b;
