-- Turns CLR on in this instance. Refuses while other settings wait to become active, because RECONFIGURE activates those too.
-- The default of the minimum memory, 0, is never in use as such and waits for nothing.
-- Reference: learn.microsoft.com, sp_configure, RECONFIGURE, sys.configurations, clr enabled (server configuration option).
USE master;
SET NOCOUNT ON;
IF EXISTS (SELECT 1 FROM sys.configurations WHERE value <> value_in_use AND is_dynamic = 1 AND name <> N'clr enabled' AND NOT (name = N'min server memory (MB)' AND value = 0))
    THROW 50006, N'Other settings of this instance wait to become active; nothing was changed.', 1;
IF EXISTS (SELECT 1 FROM sys.configurations WHERE name = N'clr enabled' AND value_in_use = 0)
BEGIN
    EXEC sys.sp_configure N'clr enabled', 1;
    RECONFIGURE;
END;
SELECT CAST(value_in_use AS int) AS clr FROM sys.configurations WHERE name = N'clr enabled';
