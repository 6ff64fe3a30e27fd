-- Who owns this database, whether it is trustworthy, encrypted, and which recovery model and compatibility level it has.
-- Reference: learn.microsoft.com, sys.databases, SUSER_SNAME.
SELECT
    COALESCE(SUSER_SNAME(d.owner_sid), N'not known to this instance') AS owner,
    CAST(d.is_trustworthy_on AS int) AS trustworthy,
    CAST(d.is_encrypted AS int) AS encrypted,
    d.recovery_model_desc AS recovery_model,
    d.compatibility_level AS compatibility_level,
    CAST(d.is_broker_enabled AS int) AS broker
FROM sys.databases AS d
WHERE d.database_id = DB_ID();
