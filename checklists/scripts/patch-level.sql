-- The version that the database itself states.
SELECT TOP (1) info.DBVersion AS database_version
FROM dbo.[__MOMManagementGroupInfo__] AS info;
