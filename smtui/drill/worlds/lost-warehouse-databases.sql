-- SQL02 was lost and built anew under its old names: an empty instance. Some role memberships are younger than the backups.

DELETE FROM databases WHERE server = 'SQL02';
DELETE FROM logins WHERE server = 'SQL02';
DELETE FROM instance_messages WHERE server = 'SQL02';
UPDATE instance_settings SET value = 0, value_in_use = 0 WHERE server = 'SQL02' AND name = 'clr enabled';
DELETE FROM role_members WHERE server = 'SQL02' AND user = 'CONTOSO\svc-scsm' AND role = 'db_owner';
DELETE FROM role_members WHERE server = 'SQL02' AND user = 'CONTOSO\svc-scsm-reports' AND role = 'reportuser'
    AND database_name IN ('OMDWDataMart', 'CMDWDataMart');
