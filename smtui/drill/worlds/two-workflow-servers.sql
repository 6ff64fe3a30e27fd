-- The workflow-server query has two rows: a broken management group.

INSERT OR IGNORE INTO workflow_servers VALUES ('sm03.contoso.test');
