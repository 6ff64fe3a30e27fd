-- Which management server runs the workflows: the instances that the workflow target is bound to (one is right).
SELECT computer.[PrincipalName] AS principal_name, entity.DisplayName AS name, COUNT(*) OVER () AS servers
FROM dbo.[ScopedInstanceTargetClass] AS scoped
INNER JOIN dbo.[ManagedType] AS kind ON kind.ManagedTypeId = scoped.ManagedTypeId
INNER JOIN dbo.[BaseManagedEntity] AS entity ON entity.BaseManagedEntityId = scoped.ScopedInstanceId AND entity.IsDeleted = 0
LEFT JOIN dbo.[MTV_Computer] AS computer ON computer.BaseManagedEntityId = scoped.ScopedInstanceId
WHERE kind.ManagedTypeId = dbo.fn_ManagedTypeId_MicrosoftSystemCenterWorkflowTarget();
