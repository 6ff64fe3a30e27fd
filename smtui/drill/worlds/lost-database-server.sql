-- SQL01 was lost and built anew under its old names: an empty instance. One role membership is younger than the backups.

DELETE FROM databases WHERE server = 'SQL01';
DELETE FROM logins WHERE server = 'SQL01';
DELETE FROM instance_messages WHERE server = 'SQL01';
UPDATE instance_settings SET value = 0, value_in_use = 0 WHERE server = 'SQL01' AND name = 'clr enabled';
DELETE FROM role_members WHERE server = 'SQL01' AND user = 'CONTOSO\svc-scsm' AND role = 'sql_dependency_subscriber';
