-- Service Manager was restored to this morning, and the warehouse holds work items that are younger.

UPDATE settings SET value = ago(5) WHERE key = 'warehouse_newest_incident';
INSERT INTO restores (server, database_name, kind, at, set_uuid)
    SELECT server, database_name, kind, ago(200), set_uuid FROM backup_sets
    WHERE database_name = 'ServiceManager' AND kind IN (1, 5) AND NOT EXISTS (SELECT 1 FROM restores) ORDER BY kind;
