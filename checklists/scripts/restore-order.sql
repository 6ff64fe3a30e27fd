-- Whether the Service Manager database was itself restored to a moment before the one given (server's clock, as 2026-01-31T16:40:00, or `now`).
-- `behind` is 1 then: a warehouse restored to the given moment would be ahead of it. A database that was never restored is not behind;
-- for `now` that cannot be told of one that was.
-- Reference: learn.microsoft.com, restorehistory, backupset (msdb).
DECLARE @moment_text nvarchar(40) = ?;
DECLARE @moment datetime2(0) = CASE @moment_text WHEN N'now' THEN SYSDATETIME() ELSE TRY_CONVERT(datetime2(0), @moment_text, 126) END;
DECLARE @recovered datetime = (
    SELECT TOP (1) s.backup_finish_date FROM msdb.dbo.restorehistory AS r
    INNER JOIN msdb.dbo.backupset AS s ON s.backup_set_id = r.backup_set_id
    WHERE r.destination_database_name = DB_NAME() ORDER BY r.restore_history_id DESC);
SELECT
    COALESCE(CONVERT(nvarchar(19), @recovered, 126), N'never restored') AS recovered_to,
    CASE WHEN @recovered IS NULL THEN 0 WHEN @moment IS NULL OR @moment_text = N'now' THEN NULL WHEN @recovered < @moment THEN 1 ELSE 0 END AS behind;
