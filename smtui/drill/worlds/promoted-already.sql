-- SM02 is the workflow server already.

DELETE FROM workflow_servers;
INSERT INTO workflow_servers VALUES ('sm02.contoso.test');
