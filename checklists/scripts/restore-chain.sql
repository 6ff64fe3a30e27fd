-- Restores one database from its backup files into an instance that has none of this name, and recovers it.
-- Values: database, files joined by semicolons, the moment to stop at (or `latest`), and 1 to turn its broker on (its id stays).
-- It never replaces a database: one that is there in any state but RESTORING ends it, as do a chain with a gap, a damaged set and the backup
-- of another database. Messages tell the progress.
-- Reference: learn.microsoft.com, RESTORE (NORECOVERY, RECOVERY, STATS, STOPAT, ENABLE_BROKER), RESTORE HEADERONLY, THROW.
USE master;
SET NOCOUNT ON;
SET XACT_ABORT OFF;
DECLARE @database sysname = ?, @files nvarchar(4000) = ?, @stop_text nvarchar(40) = ?, @broker bit = ?;
DECLARE @stop datetime = TRY_CONVERT(datetime, @stop_text, 126);
IF EXISTS (SELECT 1 FROM sys.databases WHERE name = @database AND state_desc <> N'RESTORING')
    THROW 50001, N'A database of this name is there; nothing was restored. WITH REPLACE is never run by smtui.', 1;
IF EXISTS (SELECT 1 FROM sys.dm_exec_requests WHERE command IN (N'RESTORE DATABASE', N'RESTORE LOG'))
    THROW 50002, N'A restore runs on this instance; nothing was started.', 1;
IF @stop IS NULL AND @stop_text <> N'latest'
    THROW 50003, N'The moment to stop at is neither latest nor a time such as 2026-01-31T16:40:00.', 1;
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
CREATE TABLE #chain (path nvarchar(4000), kind int, position int, first_lsn numeric(25, 0), last_lsn numeric(25, 0), started datetime,
    database_name nvarchar(128), damaged bit, set_guid uniqueidentifier, base_guid uniqueidentifier);
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
    INSERT #chain
    SELECT @path, BackupType, Position, FirstLSN, LastLSN, BackupStartDate, DatabaseName, IsDamaged, BackupSetGUID, DifferentialBaseGUID FROM #header;
END;
DECLARE @full_guid uniqueidentifier, @base_lsn numeric(25, 0);
SELECT @full_guid = set_guid, @base_lsn = last_lsn FROM #chain WHERE kind = 1;
SELECT @base_lsn = last_lsn FROM #chain WHERE kind = 5 AND base_guid = @full_guid;
DELETE #chain WHERE kind = 2 AND last_lsn <= @base_lsn;
IF (SELECT COUNT(*) FROM #chain WHERE kind = 1) <> 1 OR (SELECT COUNT(*) FROM #chain WHERE kind = 5) > 1
    OR EXISTS (SELECT 1 FROM #chain WHERE kind NOT IN (1, 2, 5) OR database_name <> @database OR damaged = 1 OR (kind = 5 AND base_guid <> @full_guid))
    OR EXISTS (SELECT 1 FROM (SELECT first_lsn, LAG(last_lsn, 1, @base_lsn) OVER (ORDER BY first_lsn, last_lsn) AS before FROM #chain WHERE kind = 2) AS o WHERE first_lsn > before)
    THROW 50004, N'The files are no whole chain of backups of this database; nothing was restored.', 1;
DECLARE @kind int, @position int, @restored int = 0;
DECLARE set_cursor CURSOR LOCAL STATIC FOR
    SELECT path, kind, position FROM #chain WHERE kind <> 2 OR @stop IS NULL OR started < @stop
    ORDER BY CASE kind WHEN 1 THEN 1 WHEN 5 THEN 2 ELSE 3 END, first_lsn, last_lsn;
OPEN set_cursor;
FETCH NEXT FROM set_cursor INTO @path, @kind, @position;
WHILE @@FETCH_STATUS = 0
BEGIN
    RAISERROR (N'Restoring set %d of %s', 0, 1, @position, @path) WITH NOWAIT;
    IF @kind <> 2
        RESTORE DATABASE @database FROM DISK = @path WITH FILE = @position, NORECOVERY, STATS = 5;
    ELSE IF @stop IS NULL
        RESTORE LOG @database FROM DISK = @path WITH FILE = @position, NORECOVERY, STATS = 25;
    ELSE
        RESTORE LOG @database FROM DISK = @path WITH FILE = @position, NORECOVERY, STOPAT = @stop, STATS = 25;
    IF @@ERROR <> 0
        THROW 50005, N'The restore was aborted. The database is left RESTORING; look at the message before, then run this again.', 1;
    SET @restored = @restored + 1;
    FETCH NEXT FROM set_cursor INTO @path, @kind, @position;
END;
CLOSE set_cursor;
RAISERROR (N'Recovering', 0, 1) WITH NOWAIT;
IF @broker = 1
    RESTORE DATABASE @database WITH RECOVERY, ENABLE_BROKER;
ELSE
    RESTORE DATABASE @database WITH RECOVERY;
SELECT @restored AS sets_restored, d.state_desc AS state, CAST(d.is_broker_enabled AS int) AS broker FROM sys.databases AS d WHERE d.name = @database;
