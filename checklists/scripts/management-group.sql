-- The management group that this database belongs to, and its version.
SELECT TOP (1) info.ManagementGroupName AS management_group, info.DBVersion AS database_version
FROM dbo.[__MOMManagementGroupInfo__] AS info;
