-- When DBCC CHECKDB last found this database undamaged, and whether that was since its latest restore: a backup brings an older moment along.
-- SQL Server tells it from 2016 SP2 and 2017 CU9 on; before, `checked_since_restore` is empty. A check of the pages alone counts there too.
-- Reference: learn.microsoft.com, DATABASEPROPERTYEX (LastGoodCheckDbTime), restorehistory (msdb), sys.dm_exec_requests.
USE master;
DECLARE @database sysname = ?;
SELECT
    @database AS name,
    CONVERT(nvarchar(19), c.checked, 126) AS last_good_check,
    CONVERT(nvarchar(19), h.restored, 126) AS restored_at,
    CASE WHEN c.checked >= h.restored THEN 1 WHEN c.checked < h.restored THEN 0 END AS checked_since_restore,
    running.told AS progress
FROM (SELECT CAST(DATABASEPROPERTYEX(@database, 'LastGoodCheckDbTime') AS datetime) AS checked) AS c
CROSS JOIN (SELECT MAX(r.restore_date) AS restored FROM msdb.dbo.restorehistory AS r WHERE r.destination_database_name = @database) AS h
OUTER APPLY (SELECT TOP (1) q.command + N', ' + CAST(CAST(q.percent_complete AS int) AS nvarchar(10)) + N' %' AS told
    FROM sys.dm_exec_requests AS q WHERE q.command LIKE N'DBCC%' AND q.database_id = DB_ID(@database) AND q.session_id <> @@SPID) AS running;
