-- What the backup files of one database hold, whether they fit together, to which moment they lead, and what is lost after it.
-- Values: database, files joined by semicolons (one full backup, at most one differential, log backups in any order), the moment to stop at
-- (or `latest`), the moment at which the data was lost (or `now`), the moment that several databases are to lead to (or `any`): within the two
-- hours before it, never after it; and 1 to read every backup set from end to end as a restore would, else 0.
-- Moments are those of the server's own clock, as 2026-01-31T16:40:00. The service account of SQL Server reads the files. Changes nothing.
-- Reference: learn.microsoft.com, RESTORE HEADERONLY (columns, LSNs), RESTORE VERIFYONLY, STATS, SERVERPROPERTY, @@SERVERNAME.
USE master;
SET NOCOUNT ON;
DECLARE @database sysname = ?, @files nvarchar(4000) = ?, @stop_text nvarchar(40) = ?, @lost_text nvarchar(40) = ?, @point_text nvarchar(40) = ?, @verify bit = ?;
DECLARE @stop datetime2(0) = TRY_CONVERT(datetime2(0), @stop_text, 126);
DECLARE @lost datetime2(0) = CASE @lost_text WHEN N'now' THEN SYSDATETIME() ELSE TRY_CONVERT(datetime2(0), @lost_text, 126) END;
DECLARE @point datetime2(0) = CASE @point_text WHEN N'now' THEN SYSDATETIME() ELSE TRY_CONVERT(datetime2(0), @point_text, 126) END;
CREATE TABLE #header (
    BackupName nvarchar(128), BackupDescription nvarchar(255), BackupType smallint, ExpirationDate datetime, Compressed bit, Position smallint,
    DeviceType tinyint, UserName nvarchar(128), ServerName nvarchar(128), DatabaseName nvarchar(128), DatabaseVersion int,
    DatabaseCreationDate datetime, BackupSize numeric(20, 0), FirstLSN numeric(25, 0), LastLSN numeric(25, 0), CheckpointLSN numeric(25, 0),
    DatabaseBackupLSN numeric(25, 0), BackupStartDate datetime, BackupFinishDate datetime, SortOrder smallint, CodePage smallint,
    UnicodeLocaleId int, UnicodeComparisonStyle int, CompatibilityLevel tinyint, SoftwareVendorId int, SoftwareVersionMajor int,
    SoftwareVersionMinor int, SoftwareVersionBuild int, MachineName nvarchar(128), Flags int, BindingID uniqueidentifier,
    RecoveryForkID uniqueidentifier, Collation nvarchar(128), FamilyGUID uniqueidentifier, HasBulkLoggedData bit, IsSnapshot bit,
    IsReadOnly bit, IsSingleUser bit, HasBackupChecksums bit, IsDamaged bit, BeginsLogChain bit, HasIncompleteMetaData bit,
    IsForceOffline bit, IsCopyOnly bit, FirstRecoveryForkID uniqueidentifier, ForkPointLSN numeric(25, 0), RecoveryModel nvarchar(60),
    DifferentialBaseLSN numeric(25, 0), DifferentialBaseGUID uniqueidentifier, BackupTypeDescription nvarchar(60),
    BackupSetGUID uniqueidentifier, CompressedBackupSize bigint, Containment tinyint, KeyAlgorithm nvarchar(32),
    EncryptorThumbprint varbinary(20), EncryptorType nvarchar(32));
CREATE TABLE #chain (number int IDENTITY, path nvarchar(4000), kind int, position int, first_lsn numeric(25, 0), last_lsn numeric(25, 0),
    finished datetime, database_name nvarchar(128), server_name nvarchar(128), damaged bit, checksums bit, set_guid uniqueidentifier,
    base_guid uniqueidentifier, version int, encrypted bit, collation nvarchar(128));
DECLARE @rest nvarchar(4000) = @files + N';', @path nvarchar(4000), @wide bit = 0;
WHILE CHARINDEX(N';', @rest) > 0
BEGIN
    SET @path = LTRIM(RTRIM(LEFT(@rest, CHARINDEX(N';', @rest) - 1)));
    SET @rest = SUBSTRING(@rest, CHARINDEX(N';', @rest) + 1, 4000);
    IF @path = N'' CONTINUE;
    DELETE #header;
    BEGIN TRY
        INSERT #header EXEC sys.sp_executesql N'RESTORE HEADERONLY FROM DISK = @path', N'@path nvarchar(4000)', @path = @path;
    END TRY
    BEGIN CATCH
        -- Later versions send three columns more; any other error comes again below and ends the statement.
        IF @wide = 0 ALTER TABLE #header ADD LastValidRestoreTime datetime, TimeZone nvarchar(32), CompressionAlgorithm nvarchar(32);
        SET @wide = 1;
        INSERT #header EXEC sys.sp_executesql N'RESTORE HEADERONLY FROM DISK = @path', N'@path nvarchar(4000)', @path = @path;
    END CATCH;
    INSERT #chain (path, kind, position, first_lsn, last_lsn, finished, database_name, server_name, damaged, checksums, set_guid, base_guid, version, encrypted, collation)
    SELECT @path, BackupType, Position, FirstLSN, LastLSN, BackupFinishDate, DatabaseName, ServerName, IsDamaged, HasBackupChecksums, BackupSetGUID,
        DifferentialBaseGUID, SoftwareVersionMajor, CASE WHEN EncryptorThumbprint IS NULL THEN 0 ELSE 1 END, Collation
    FROM #header;
END;
DECLARE @full_guid uniqueidentifier, @base_lsn numeric(25, 0), @base_finished datetime, @finished datetime, @gaps int, @logs int;
SELECT @full_guid = set_guid, @base_lsn = last_lsn, @base_finished = finished FROM #chain WHERE kind = 1;
SELECT @base_lsn = last_lsn, @base_finished = finished FROM #chain WHERE kind = 5 AND base_guid = @full_guid;
DELETE #chain WHERE kind = 2 AND last_lsn <= @base_lsn;
DECLARE @number int = 0, @position int, @verified int = 0;
WHILE @verify = 1 AND EXISTS (SELECT 1 FROM #chain WHERE number > @number)
BEGIN
    SELECT TOP (1) @number = number, @path = path, @position = position FROM #chain WHERE number > @number ORDER BY number;
    RAISERROR (N'Verifying set %d of %s', 0, 1, @position, @path) WITH NOWAIT;
    RESTORE VERIFYONLY FROM DISK = @path WITH FILE = @position, STATS = 10;
    IF @@ERROR <> 0 THROW 50009, N'A backup set cannot be read to its end; see the message before.', 1;
    SET @verified = @verified + 1;
END;
SELECT @gaps = COUNT(*), @logs = (SELECT COUNT(*) FROM #chain WHERE kind = 2)
FROM (SELECT first_lsn, LAG(last_lsn, 1, @base_lsn) OVER (ORDER BY first_lsn, last_lsn) AS before FROM #chain WHERE kind = 2) AS ordered
WHERE first_lsn > before;
SELECT @finished = COALESCE(MAX(finished), @base_finished) FROM #chain WHERE kind = 2;
DECLARE @reached datetime2(0) = CASE WHEN @stop < @finished THEN @stop ELSE @finished END;
SELECT
    (SELECT COUNT(*) FROM #chain WHERE kind = 1) AS full_backups,
    (SELECT COUNT(*) FROM #chain WHERE kind = 5) AS differentials,
    @logs AS logs,
    @gaps AS gaps,
    (SELECT COUNT(*) FROM #chain WHERE kind NOT IN (1, 2, 5) OR (kind = 5 AND base_guid <> @full_guid)) AS not_fitting,
    (SELECT COUNT(*) FROM #chain WHERE database_name <> @database) AS of_other_databases,
    (SELECT COUNT(*) FROM #chain WHERE damaged = 1) AS damaged,
    (SELECT COUNT(*) FROM #chain WHERE checksums = 0) AS without_checksums,
    (SELECT COUNT(*) FROM #chain WHERE version > CAST(PARSENAME(CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(128)), 4) AS int)) AS of_later_version,
    (SELECT COUNT(*) FROM #chain WHERE encrypted = 1) AS encrypted,
    @verified AS verified,
    (SELECT TOP (1) server_name FROM #chain WHERE kind = 1) AS server_name,
    (SELECT TOP (1) collation FROM #chain WHERE kind = 1) AS collation,
    CASE WHEN EXISTS (SELECT 1 FROM #chain WHERE kind = 1 AND server_name = @@SERVERNAME) THEN 1 ELSE 0 END AS server_agrees,
    CASE WHEN EXISTS (SELECT 1 FROM #chain WHERE kind = 1 AND collation = CAST(SERVERPROPERTY('Collation') AS nvarchar(128))) THEN 1 ELSE 0 END AS collation_agrees,
    CASE WHEN @stop_text = N'latest' OR (@stop >= @base_finished AND @stop <= @finished) THEN 1 ELSE 0 END AS stop_within,
    CASE WHEN @point_text = N'any' OR (@reached <= @point AND @reached >= DATEADD(MINUTE, -120, @point)) THEN 1 ELSE 0 END AS at_restore_point,
    CONVERT(nvarchar(19), @reached, 126) AS recovers_to,
    DATEDIFF(MINUTE, @reached, @lost) AS lost_minutes,
    N'loses ' + CONVERT(nvarchar(19), @reached, 126) + N' to ' + CONVERT(nvarchar(19), @lost, 126) AS loses;
