-- What the error log of the instance holds of a window of time (UTC): each line as a message, the oldest first; where there are more than the third
-- value, the newest of them. Reads the current log, and up to six before it until one begins before the window. Lines are copied in the server's
-- language; none is looked for by its text. UTC is reckoned with the server's present offset. Changes nothing but a table of its own session.
-- Needs VIEW SERVER STATE, from SQL Server 2022 on VIEW ANY ERROR LOG. Reference: learn.microsoft.com, sp_readerrorlog (Transact-SQL).
USE master;
SET NOCOUNT ON;
DECLARE @start datetime = CONVERT(datetime, ?, 126), @end datetime = CONVERT(datetime, ?, 126), @most int = ?;
DECLARE @ahead int = DATEDIFF(MINUTE, GETUTCDATE(), GETDATE()), @number int = 0, @told nvarchar(4000);
CREATE TABLE #log (line int IDENTITY(1, 1) PRIMARY KEY, at datetime, process nvarchar(64), told nvarchar(max));
WHILE @number <= 6
BEGIN
    BEGIN TRY
        INSERT INTO #log (at, process, told) EXEC sys.sp_readerrorlog @number, 1;
    END TRY
    BEGIN CATCH
        IF @number = 0 THROW;
        BREAK;
    END CATCH;
    SET @number += 1;
    IF (SELECT MIN(at) FROM #log) <= DATEADD(MINUTE, @ahead, @start) BREAK;
END;
DECLARE lines CURSOR LOCAL FAST_FORWARD FOR
    SELECT CONVERT(nvarchar(19), DATEADD(MINUTE, -@ahead, n.at), 126) + N'Z ' + COALESCE(n.process, N'') + N': '
        + LEFT(REPLACE(REPLACE(n.told, NCHAR(13), N' '), NCHAR(10), N' '), 3000)
    FROM (SELECT TOP (@most) l.at, l.process, l.told, l.line FROM #log AS l
        WHERE l.at BETWEEN DATEADD(MINUTE, @ahead, @start) AND DATEADD(MINUTE, @ahead, @end) ORDER BY l.at DESC, l.line DESC) AS n
    ORDER BY n.at, n.line;
OPEN lines;
FETCH NEXT FROM lines INTO @told;
WHILE @@FETCH_STATUS = 0
BEGIN
    PRINT @told;
    FETCH NEXT FROM lines INTO @told;
END;
CLOSE lines;
SELECT
    CASE WHEN COUNT(*) > @most THEN @most ELSE COUNT(*) END AS listed,
    CASE WHEN COUNT(*) > @most THEN COUNT(*) - @most ELSE 0 END AS left_out,
    CASE WHEN (SELECT MIN(at) FROM #log) > DATEADD(MINUTE, @ahead, @start) THEN 1 ELSE 0 END AS begins_later,
    @number AS logs_read,
    @ahead AS minutes_ahead_of_utc,
    CONVERT(nvarchar(19), GETUTCDATE(), 126) + N'Z' AS clock
FROM #log AS l
WHERE l.at BETWEEN DATEADD(MINUTE, @ahead, @start) AND DATEADD(MINUTE, @ahead, @end);
