-- The data warehouse management server that Service Manager has registered.
SELECT
    COUNT(*) AS registrations,
    MIN(warehouse.Server_48B308F9_CF0E_0F74_83E1_0AEB1B58E2FA) AS server,
    MIN(warehouse.DisplayName) AS management_group
FROM dbo.[MT_Microsoft$SystemCenter$ResourceAccessLayer$DwSdkResourceStore] AS warehouse
INNER JOIN dbo.BaseManagedEntity AS entity ON entity.BaseManagedEntityId = warehouse.BaseManagedEntityId AND entity.IsDeleted = 0;
