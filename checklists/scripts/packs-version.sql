-- Sealed management packs whose recorded revision does not fit name, key and version: event 1209, and workflows that do not load.
SELECT COUNT(*) AS mismatched, MIN(pack.MPName) AS first_name
FROM dbo.ManagementPack AS pack
WHERE pack.MPIsSealed = 1 AND pack.MPVersionDependentId <> dbo.fn_MPVersionDependentId(pack.MPName, pack.MPKeyToken, pack.MPVersion);
