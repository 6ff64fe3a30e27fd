-- Whether CLR is on in this instance, and which other settings wait to become active: RECONFIGURE would activate those too.
-- The default of the minimum memory, 0, is never in use as such and waits for nothing.
-- Reference: learn.microsoft.com, sys.configurations (value, value_in_use, is_dynamic).
USE master;
SELECT
    (SELECT CAST(c.value_in_use AS int) FROM sys.configurations AS c WHERE c.name = N'clr enabled') AS clr,
    COALESCE((SELECT CAST(c.value_in_use AS int) FROM sys.configurations AS c WHERE c.name = N'clr strict security'), 0) AS strict_security,
    (SELECT COUNT(*) FROM sys.configurations AS c WHERE c.value <> c.value_in_use AND c.is_dynamic = 1 AND c.name <> N'clr enabled' AND NOT (c.name = N'min server memory (MB)' AND c.value = 0)) AS pending,
    COALESCE(STUFF((SELECT N', ' + c.name + N' ' + CAST(c.value_in_use AS nvarchar(40)) + N' becomes ' + CAST(c.value AS nvarchar(40)) FROM sys.configurations AS c
        WHERE c.value <> c.value_in_use AND c.is_dynamic = 1 AND c.name <> N'clr enabled' AND NOT (c.name = N'min server memory (MB)' AND c.value = 0) FOR XML PATH(N''), TYPE).value(N'.', N'nvarchar(2000)'), 1, 2, N''), N'none') AS pending_names;
