-- The simulated deployment: one row for each thing that a procedure looks at or changes. Names compare without case,
-- as Windows and the shipped SQL collation do. Times are ISO 8601, UTC.

CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE hosts (
    name      TEXT PRIMARY KEY COLLATE NOCASE,
    fqdn      TEXT NOT NULL COLLATE NOCASE,
    domain    TEXT NOT NULL,
    caption   TEXT NOT NULL,
    booted_at TEXT NOT NULL,
    -- A machine that was built anew and has nothing of Service Manager yet: what the other tables say is what Setup will bring.
    bare      INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE services (
    host         TEXT NOT NULL COLLATE NOCASE REFERENCES hosts (name),
    name         TEXT NOT NULL COLLATE NOCASE,
    display_name TEXT NOT NULL,
    status       TEXT NOT NULL CHECK (status IN ('Running', 'Stopped', 'StartPending', 'StopPending')),
    start_type   TEXT NOT NULL CHECK (start_type IN ('Automatic', 'Manual', 'Disabled')),
    account      TEXT NOT NULL,
    PRIMARY KEY (host, name)
);

-- A service that is about to start or stop: the service controller ends it, whatever becomes of the script that asked.
CREATE TABLE transitions (
    host    TEXT NOT NULL COLLATE NOCASE,
    service TEXT NOT NULL COLLATE NOCASE,
    status  TEXT NOT NULL CHECK (status IN ('Running', 'Stopped')),
    token   TEXT NOT NULL,
    seconds REAL NOT NULL,
    PRIMARY KEY (host, service)
);

CREATE TABLE folders (
    host    TEXT NOT NULL COLLATE NOCASE REFERENCES hosts (name),
    path    TEXT NOT NULL COLLATE NOCASE,
    files   INTEGER NOT NULL DEFAULT 0,
    bytes   INTEGER NOT NULL DEFAULT 0,
    reparse INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (host, path)
);

CREATE TABLE files (
    host   TEXT NOT NULL COLLATE NOCASE REFERENCES hosts (name),
    path   TEXT NOT NULL COLLATE NOCASE,
    text   TEXT NOT NULL,
    PRIMARY KEY (host, path)
);

CREATE TABLE registry (
    host  TEXT NOT NULL COLLATE NOCASE REFERENCES hosts (name),
    key   TEXT NOT NULL COLLATE NOCASE,
    name  TEXT NOT NULL COLLATE NOCASE,
    value NOT NULL,
    PRIMARY KEY (host, key, name)
);

CREATE TABLE processes (
    host    TEXT NOT NULL COLLATE NOCASE REFERENCES hosts (name),
    pid     INTEGER NOT NULL,
    name    TEXT NOT NULL COLLATE NOCASE,
    path    TEXT NOT NULL,
    account TEXT NOT NULL,
    session INTEGER NOT NULL,
    service TEXT COLLATE NOCASE,
    -- Somebody's program: its user closes it once a look has found it, as if asked to.
    closes_when_seen INTEGER NOT NULL,
    PRIMARY KEY (host, pid)
);

CREATE TABLE events (
    host     TEXT NOT NULL COLLATE NOCASE REFERENCES hosts (name),
    record   INTEGER PRIMARY KEY,
    log      TEXT NOT NULL COLLATE NOCASE,
    at       TEXT NOT NULL,
    provider TEXT NOT NULL,
    id       INTEGER NOT NULL,
    level    TEXT NOT NULL CHECK (level IN ('Critical', 'Error', 'Warning', 'Information')),
    message  TEXT NOT NULL
);

-- The columns of sys.databases that procedures ask for.
CREATE TABLE databases (
    server             TEXT NOT NULL COLLATE NOCASE REFERENCES hosts (name),
    name               TEXT NOT NULL COLLATE NOCASE,
    role               TEXT NOT NULL,
    state_desc         TEXT NOT NULL,
    is_read_only       INTEGER NOT NULL,
    is_broker_enabled  INTEGER NOT NULL,
    user_access_desc   TEXT NOT NULL,
    recovery_model_desc TEXT NOT NULL,
    is_primary_replica INTEGER,
    PRIMARY KEY (server, name)
);

-- Management servers that the Service Manager database knows (p_RootManagementServerSelectConnectionPropertyValues).
CREATE TABLE management_servers (
    fqdn    TEXT PRIMARY KEY COLLATE NOCASE,
    version TEXT NOT NULL
);

-- Rows behind the workflow-server query. More than one is a broken management group.
CREATE TABLE workflow_servers (
    fqdn TEXT PRIMARY KEY COLLATE NOCASE
);

CREATE TABLE management_packs (
    name          TEXT PRIMARY KEY COLLATE NOCASE,
    version       TEXT NOT NULL,
    last_modified TEXT NOT NULL,
    sealed        INTEGER NOT NULL,
    -- Stands for what is in it: packs are compared by this.
    content       TEXT NOT NULL DEFAULT ''
);

-- Exported management packs, one row for each .xml file.
CREATE TABLE pack_files (
    host    TEXT NOT NULL COLLATE NOCASE REFERENCES hosts (name),
    folder  TEXT NOT NULL COLLATE NOCASE,
    name    TEXT NOT NULL COLLATE NOCASE,
    version TEXT NOT NULL,
    content TEXT NOT NULL,
    sound   INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (host, folder, name)
);

-- What Get-SCDWJob lists. `seen_as` is the status after the next look, for a job that ends meanwhile.
CREATE TABLE warehouse_jobs (
    name     TEXT PRIMARY KEY COLLATE NOCASE,
    category TEXT NOT NULL,
    status   TEXT NOT NULL,
    seen_as  TEXT
);

CREATE TABLE websites (
    host       TEXT NOT NULL COLLATE NOCASE REFERENCES hosts (name),
    name       TEXT NOT NULL COLLATE NOCASE,
    state      TEXT NOT NULL,
    sdk_server TEXT NOT NULL,
    PRIMARY KEY (host, name)
);

-- The backup sets in the files on the share, as RESTORE HEADERONLY tells of them. `bytes` is what a full one unfolds to.
CREATE TABLE backup_sets (
    path          TEXT NOT NULL COLLATE NOCASE,
    position      INTEGER NOT NULL,
    kind          INTEGER NOT NULL CHECK (kind IN (1, 2, 5)),
    database_name TEXT NOT NULL COLLATE NOCASE,
    server        TEXT NOT NULL COLLATE NOCASE,
    collation     TEXT NOT NULL,
    first_lsn     INTEGER NOT NULL,
    last_lsn      INTEGER NOT NULL,
    started       TEXT NOT NULL,
    finished      TEXT NOT NULL,
    set_uuid      TEXT NOT NULL,
    base_uuid     TEXT,
    damaged       INTEGER NOT NULL DEFAULT 0,
    checksums     INTEGER NOT NULL DEFAULT 1,
    version       INTEGER NOT NULL DEFAULT 16,
    encrypted     INTEGER NOT NULL DEFAULT 0,
    bytes         INTEGER NOT NULL,
    PRIMARY KEY (path, position)
);

-- msdb.dbo.restorehistory.
CREATE TABLE restores (
    number        INTEGER PRIMARY KEY,
    server        TEXT NOT NULL COLLATE NOCASE,
    database_name TEXT NOT NULL COLLATE NOCASE,
    kind          INTEGER NOT NULL,
    at            TEXT NOT NULL,
    set_uuid      TEXT NOT NULL
);

-- When DBCC CHECKDB last found a database undamaged.
CREATE TABLE checks (
    server        TEXT NOT NULL COLLATE NOCASE,
    database_name TEXT NOT NULL COLLATE NOCASE,
    at            TEXT NOT NULL,
    PRIMARY KEY (server, database_name)
);

-- sys.configurations.
CREATE TABLE instance_settings (
    server       TEXT NOT NULL COLLATE NOCASE REFERENCES hosts (name),
    name         TEXT NOT NULL COLLATE NOCASE,
    value        INTEGER NOT NULL,
    value_in_use INTEGER NOT NULL,
    PRIMARY KEY (server, name)
);

-- sys.messages above 50000.
CREATE TABLE instance_messages (
    server   TEXT NOT NULL COLLATE NOCASE REFERENCES hosts (name),
    number   INTEGER NOT NULL,
    language TEXT NOT NULL,
    severity INTEGER NOT NULL,
    text     TEXT NOT NULL,
    PRIMARY KEY (server, number, language)
);

-- sys.server_principals.
CREATE TABLE logins (
    server TEXT NOT NULL COLLATE NOCASE REFERENCES hosts (name),
    name   TEXT NOT NULL COLLATE NOCASE,
    PRIMARY KEY (server, name)
);

-- sys.database_principals: in the database, and so in its backup. An account that the directory lost is not `resolved`.
CREATE TABLE database_users (
    server        TEXT NOT NULL COLLATE NOCASE,
    database_name TEXT NOT NULL COLLATE NOCASE,
    name          TEXT NOT NULL COLLATE NOCASE,
    type          TEXT NOT NULL CHECK (type IN ('U', 'G', 'S')),
    resolved      INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (server, database_name, name)
);

-- sys.database_role_members; a row without a user is the role itself.
CREATE TABLE role_members (
    server        TEXT NOT NULL COLLATE NOCASE,
    database_name TEXT NOT NULL COLLATE NOCASE,
    role          TEXT NOT NULL COLLATE NOCASE,
    user          TEXT NOT NULL COLLATE NOCASE DEFAULT '',
    PRIMARY KEY (server, database_name, role, user)
);

-- What really changed the deployment: once for each attempt, or something is wrong.
CREATE TABLE effects (
    token  TEXT NOT NULL,
    target TEXT NOT NULL COLLATE NOCASE,
    effect TEXT NOT NULL,
    count  INTEGER NOT NULL,
    PRIMARY KEY (token, target, effect)
);

CREATE TABLE requests (
    number     INTEGER PRIMARY KEY,
    target     TEXT NOT NULL COLLATE NOCASE,
    kind       TEXT NOT NULL CHECK (kind IN ('powershell', 'sql')),
    name       TEXT NOT NULL,
    sha256     TEXT NOT NULL,
    token      TEXT NOT NULL,
    parameters TEXT NOT NULL
);
