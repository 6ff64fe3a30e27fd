-- Whether this is the right database, has the procedure, knows the server's name, and this account may execute it.
SELECT
    DB_NAME() AS database_name,
    CASE WHEN OBJECT_ID('dbo.p_PromoteActiveWorkflowServer', 'P') IS NULL THEN 0 ELSE 1 END AS procedure_there,
    HAS_PERMS_BY_NAME('dbo.p_PromoteActiveWorkflowServer', 'OBJECT', 'EXECUTE') AS may_execute,
    (SELECT COUNT(*) FROM dbo.[MTV_Computer] WHERE [PrincipalName] = ?) AS server_known;
