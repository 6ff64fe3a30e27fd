-- Whether the drives hold what the full backup in the first of these files will unfold to, and whether a certificate it needs is missing.
-- short: drives without room. unknown: drives that no database lies on, whose space is not told here; `short` is left out then.
-- Reference: learn.microsoft.com, RESTORE FILELISTONLY (columns), sys.dm_os_volume_stats, sys.certificates (thumbprint).
USE master;
SET NOCOUNT ON;
DECLARE @files nvarchar(4000) = ?;
DECLARE @path nvarchar(4000) = LTRIM(RTRIM(LEFT(@files + N';', CHARINDEX(N';', @files + N';') - 1)));
CREATE TABLE #part (
    LogicalName nvarchar(128), PhysicalName nvarchar(260), Type char(1), FileGroupName nvarchar(128), Size numeric(20, 0), MaxSize numeric(20, 0),
    FileID bigint, CreateLSN numeric(25, 0), DropLSN numeric(25, 0), UniqueID uniqueidentifier, ReadOnlyLSN numeric(25, 0),
    ReadWriteLSN numeric(25, 0), BackupSizeInBytes bigint, SourceBlockSize int, FileGroupID int, LogGroupGUID uniqueidentifier,
    DifferentialBaseLSN numeric(25, 0), DifferentialBaseGUID uniqueidentifier, IsReadOnly bit, IsPresent bit, TDEThumbprint varbinary(32),
    SnapshotURL nvarchar(360));
INSERT #part EXEC sys.sp_executesql N'RESTORE FILELISTONLY FROM DISK = @path', N'@path nvarchar(4000)', @path = @path;
WITH volume AS (
    SELECT DISTINCT UPPER(v.volume_mount_point) AS mount, v.available_bytes
    FROM sys.master_files AS f CROSS APPLY sys.dm_os_volume_stats(f.database_id, f.file_id) AS v
), demand AS (
    SELECT v.mount, v.available_bytes, p.Size, p.PhysicalName
    FROM #part AS p OUTER APPLY (
        SELECT TOP (1) volume.mount, volume.available_bytes FROM volume
        WHERE LEFT(UPPER(p.PhysicalName), LEN(volume.mount)) = volume.mount ORDER BY LEN(volume.mount) DESC) AS v
), total AS (
    SELECT mount, MAX(available_bytes) AS available_bytes, SUM(Size) AS needed FROM demand GROUP BY mount
)
SELECT
    CAST((SELECT SUM(Size) FROM #part) / 1048576 AS bigint) AS needed_mb,
    CASE WHEN EXISTS (SELECT 1 FROM total WHERE mount IS NULL) THEN NULL ELSE (SELECT COUNT(*) FROM total WHERE needed > available_bytes) END AS short,
    STUFF((SELECT N', ' + COALESCE(mount, N'a drive without databases') + N' needs ' + CAST(CAST(needed / 1048576 AS bigint) AS nvarchar(20)) + N' MB, free '
        + COALESCE(CAST(available_bytes / 1048576 AS nvarchar(20)) + N' MB', N'not known') FROM total FOR XML PATH(N''), TYPE).value(N'.', N'nvarchar(max)'), 1, 2, N'') AS drives,
    STUFF((SELECT N', ' + LogicalName + N' = ' + PhysicalName FROM #part FOR XML PATH(N''), TYPE).value(N'.', N'nvarchar(2000)'), 1, 2, N'') AS files,
    (SELECT COUNT(*) FROM #part AS p WHERE p.TDEThumbprint IS NOT NULL AND NOT EXISTS (SELECT 1 FROM sys.certificates AS c WHERE c.thumbprint = p.TDEThumbprint)) AS certificates_missing;
