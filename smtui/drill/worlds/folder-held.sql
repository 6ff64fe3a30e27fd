-- A MonitoringHost that no service owns any more holds the folder Health Service State.

INSERT OR IGNORE INTO processes
    SELECT name, 9040, 'MonitoringHost', '', 'CONTOSO\svc-scsm', 0, NULL, 0 FROM hosts WHERE name LIKE 'SM%';
