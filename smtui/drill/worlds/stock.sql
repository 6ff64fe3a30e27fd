-- What Contoso's databases, instances, shares and servers hold besides the rows of world.toml, on an ordinary day.
-- `ago(minutes)` is a time in the past of the world's clock.

INSERT INTO settings VALUES
    ('warehouse_group', 'DW_CONTOSO'),
    ('warehouse_server', 'dw01.contoso.test'),
    ('report_url', 'http://srs01.contoso.test/ReportServer'),
    ('reporting_account', 'CONTOSO\svc-scsm-reports'),
    ('collation', 'SQL_Latin1_General_CP1_CI_AS'),
    ('full_text', '1'),
    ('retention_days', '90'),
    ('incidents', '4711'),
    ('newest_incident', ago(35)),
    ('warehouse_newest_incident', ago(70)),
    ('workflows', '212'),
    ('minutes_behind', '3'),
    ('mismatched_packs', '0'),
    ('unfinished_deployments', '0'),
    ('setup_exit_code', '0'),
    ('wrong_key', '0'),
    ('agent_left', '0'),
    ('machine_renamed', '0'),
    ('instance_renamed', '0'),
    ('not_joined', '0'),
    ('broker_stays_off', '0');

-- The data warehouse server works with databases of its own and has the reporting server on record.
INSERT INTO registry
    SELECT 'DW01', 'HKLM\SOFTWARE\Microsoft\System Center\2010\Common\Database', 'StagingSQLInstance', 'SQL02'
    UNION ALL
    SELECT 'DW01', 'HKLM\SOFTWARE\Microsoft\System Center\2010\Common\Database', 'StagingDatabaseName', 'DWStagingAndConfig'
    UNION ALL
    SELECT 'DW01', 'HKLM\SOFTWARE\Microsoft\System Center\2010\Common\Reporting', 'WebServiceURL', value
    FROM settings WHERE key = 'report_url';
UPDATE registry SET key = replace(key, 'Server Management Groups\SM_CONTOSO', 'Server Management Groups\DW_CONTOSO')
    WHERE host = 'DW01';

-- Backups: one full, a log before and two after the differential one that stands on it.
INSERT INTO backup_sets
    (path, position, kind, database_name, server, collation, first_lsn, last_lsn, started, finished, set_uuid, base_uuid, bytes)
    SELECT '\\fs01.contoso.test\backup\Databases\' || d.name || part.ending, 1, part.kind, d.name, d.server,
        (SELECT value FROM settings WHERE key = 'collation'),
        d.rowid * 100000000000 + part.first_lsn, d.rowid * 100000000000 + part.last_lsn, ago(part.finished + 12), ago(part.finished),
        printf('%08X-5C0B-4E7B-9D10-0000000000%02X', d.rowid, part.number),
        CASE part.kind WHEN 5 THEN printf('%08X-5C0B-4E7B-9D10-000000000001', d.rowid) END, 42949672960
    FROM databases AS d, (
        SELECT 1 AS number, '-full.bak' AS ending, 1 AS kind, 1000 AS first_lsn, 1100 AS last_lsn, 1800 AS finished
        UNION ALL SELECT 2, '-log1.trn', 2, 1000, 1150, 1500
        UNION ALL SELECT 3, '-diff.bak', 5, 1200, 1300, 360
        UNION ALL SELECT 4, '-log2.trn', 2, 1150, 1350, 120
        UNION ALL SELECT 5, '-log3.trn', 2, 1350, 1500, 40) AS part;

INSERT INTO instance_settings
    SELECT name, setting, value, value FROM hosts, (
        SELECT 'clr enabled' AS setting, 1 AS value
        UNION ALL SELECT 'clr strict security', 1
        UNION ALL SELECT 'cost threshold for parallelism', 50) WHERE name LIKE 'SQL%';

INSERT INTO instance_messages
    SELECT name, number, language, 16, text FROM hosts, (
        SELECT 777980007 AS number, 'English' AS language, 'The management pack ''%s'' is not valid.' AS text
        UNION ALL SELECT 777980008, 'English', 'An object of class %s is already there.'
        UNION ALL SELECT 777980008, 'German', 'Ein Objekt der Klasse %1! gibt es schon.'
        UNION ALL SELECT 777980009, 'English', 'The discovery data were refused, error %d.') WHERE name LIKE 'SQL%';

-- Copies that an administrator keeps on the SQL Server machines.
INSERT INTO files
    SELECT server, 'C:\smtui\sys-messages.sql', group_concat(printf(
        'EXEC sp_addmessage%s @msgnum = %d,%s @severity = %d,%s @msgtext = N''%s'',%s @lang = ''%s'',%s @with_log = ''FALSE'';%sGO%s',
        char(10), number, char(10), severity, char(10), replace(text, '''', ''''''), char(10), language, char(10), char(10), char(10)), '')
    FROM instance_messages GROUP BY server;
INSERT INTO files SELECT host, 'C:\smtui\sys-messages-warehouse.sql', text FROM files WHERE host = 'SQL02';
INSERT INTO files
    SELECT d.server, 'C:\smtui\permissions' || copy.ending || '.sql', 'USE [' || d.name || ']' || char(10) || 'GO' || char(10)
        || '/* logins, users and roles of the day of installation; nothing here does a DROP */' || char(10)
        || 'CREATE LOGIN [CONTOSO\svc-scsm] FROM WINDOWS' || char(10) || 'CREATE USER [CONTOSO\svc-scsm] FOR LOGIN [CONTOSO\svc-scsm]'
        || char(10) || 'ALTER ROLE [db_datareader] ADD MEMBER [CONTOSO\svc-scsm]' || char(10)
        || 'GRANT DELETE ON OBJECT::[dbo].[ManagedType] TO [sdk_users]' || char(10) || 'GO' || char(10)
    FROM databases AS d, (
        SELECT 'service-manager' AS role, '' AS ending UNION ALL SELECT 'dw-staging', '-staging' UNION ALL SELECT 'dw-repository', '-repository'
        UNION ALL SELECT 'dw-datamart', '-datamart' UNION ALL SELECT 'om-datamart', '-om' UNION ALL SELECT 'cm-datamart', '-cm') AS copy
    WHERE d.role = copy.role;

INSERT INTO files
    SELECT name, 'D:\Tools\SecureStorageBackup\SecureStorageBackup.exe', 'signed' FROM hosts WHERE name LIKE 'SM%' OR name IN ('DW01', 'PORTAL01');

-- Accounts: the services', the reports', and one group for each database.
INSERT INTO database_users (server, database_name, name, type)
    SELECT server, name, 'CONTOSO\svc-scsm', 'U' FROM databases
    UNION ALL SELECT server, name, 'CONTOSO\svc-scsm-reports', 'U' FROM databases WHERE role <> 'service-manager'
    UNION ALL SELECT server, name, 'CONTOSO\SCSM ' || name, 'G' FROM databases;
INSERT INTO logins SELECT DISTINCT server, name FROM database_users;
INSERT INTO role_members (server, database_name, role)
    SELECT server, name, given.role FROM databases, (
        SELECT 'configsvc_users' AS role UNION ALL SELECT 'db_accessadmin' UNION ALL SELECT 'db_datareader' UNION ALL SELECT 'db_datawriter'
        UNION ALL SELECT 'db_ddladmin' UNION ALL SELECT 'db_securityadmin' UNION ALL SELECT 'db_owner' UNION ALL SELECT 'dbmodule_users'
        UNION ALL SELECT 'sdk_users' UNION ALL SELECT 'sql_dependency_subscriber' UNION ALL SELECT 'reportuser') AS given;
INSERT INTO role_members SELECT server, database_name, role, 'CONTOSO\svc-scsm' FROM role_members WHERE user = '' AND role <> 'reportuser';
INSERT INTO role_members SELECT server, database_name, role, 'CONTOSO\svc-scsm-reports' FROM role_members
    WHERE user = '' AND role IN ('db_datareader', 'reportuser') AND server = 'SQL02';

-- Management packs: what was exported a week ago lacks nothing that lives and holds one pack that does not.
UPDATE management_packs SET content = 'of ' || last_modified;
INSERT INTO pack_files
    SELECT h.name, 'C:\mpbackup', p.name, p.version, p.content, 1 FROM hosts AS h, management_packs AS p
    WHERE h.name LIKE 'SM%' AND p.sealed = 0;
INSERT INTO pack_files
    SELECT name, 'C:\mpbackup', 'Contoso.ServiceRequest.Templates', '1.2.0.0', 'of last year', 1 FROM hosts WHERE name LIKE 'SM%';

INSERT INTO warehouse_jobs VALUES
    ('DWMaintenance', 'Maintenance', 'Not Started', NULL),
    ('MPSyncJob', 'Synchronization', 'Not Started', NULL),
    ('Extract_DW_CONTOSO', 'Extract', 'Running', NULL),
    ('Extract_SM_CONTOSO', 'Extract', 'Not Started', NULL),
    ('Transform.Common', 'Transform', 'Not Started', NULL),
    ('Load.Common', 'Load', 'Not Started', NULL),
    ('Load.OMDWDataMart', 'Load', 'Not Started', NULL),
    ('Load.CMDWDataMart', 'Load', 'Not Started', NULL);

INSERT INTO websites VALUES ('PORTAL01', 'SelfServicePortal', 'Started', 'SM01');
