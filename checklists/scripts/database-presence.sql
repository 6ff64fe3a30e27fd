-- Whether a database of this name stands in the way of a restore. One that was left RESTORING by an aborted restore does not: it is
-- restored again. A restore that runs on this instance is `progress`.
-- Reference: learn.microsoft.com, sys.databases, sys.dm_exec_requests (command, percent_complete).
USE master;
DECLARE @database sysname = ?;
SELECT
    @database AS name,
    COALESCE((SELECT d.state_desc FROM sys.databases AS d WHERE d.name = @database), N'ABSENT') AS state,
    (SELECT COUNT(*) FROM sys.databases AS d WHERE d.name = @database AND d.state_desc <> N'RESTORING') AS in_the_way,
    (SELECT COUNT(*) FROM sys.databases AS d WHERE d.name = @database AND d.replica_id IS NOT NULL) AS in_availability_group,
    (SELECT TOP (1) N'session ' + CAST(r.session_id AS nvarchar(10)) + N' runs ' + r.command + N', ' + CAST(CAST(r.percent_complete AS int) AS nvarchar(10)) + N' %'
     FROM sys.dm_exec_requests AS r WHERE r.command IN (N'RESTORE DATABASE', N'RESTORE LOG')) AS progress;
