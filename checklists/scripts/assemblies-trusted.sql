-- Assemblies of this database that the instance would not load: strict security is on, and they are not in the list of trusted ones.
-- `strict` is the setting in force; versions before it have neither the setting nor the list, and nothing is untrusted there.
-- Reference: learn.microsoft.com, clr strict security, sys.trusted_assemblies, sys.assembly_files, HASHBYTES, sp_add_trusted_assembly.
SET NOCOUNT ON;
DECLARE @strict int = COALESCE((SELECT CAST(value_in_use AS int) FROM sys.configurations WHERE name = N'clr strict security'), 0);
CREATE TABLE #untrusted (name sysname);
IF @strict = 1
    INSERT #untrusted EXEC sys.sp_executesql N'
        SELECT a.name FROM sys.assemblies AS a INNER JOIN sys.assembly_files AS f ON f.assembly_id = a.assembly_id AND f.file_id = 1
        WHERE a.is_user_defined = 1 AND NOT EXISTS (SELECT 1 FROM sys.trusted_assemblies AS t WHERE t.[hash] = HASHBYTES(''SHA2_512'', f.content))';
SELECT
    @strict AS strict,
    (SELECT COUNT(*) FROM sys.assemblies WHERE is_user_defined = 1) AS assemblies,
    (SELECT COUNT(*) FROM #untrusted) AS untrusted,
    COALESCE(STUFF((SELECT N', ' + name FROM #untrusted FOR XML PATH(N''), TYPE).value(N'.', N'nvarchar(2000)'), 1, 2, N''), N'none') AS untrusted_names;
