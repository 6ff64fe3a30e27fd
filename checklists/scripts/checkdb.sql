-- Checks the whole of this database for damage, and repairs nothing. Damage is an error and ends it.
-- Reference: learn.microsoft.com, DBCC CHECKDB (NO_INFOMSGS).
SET NOCOUNT ON;
DBCC CHECKDB WITH NO_INFOMSGS;
IF @@ERROR <> 0 THROW 50008, N'DBCC CHECKDB found damage; look at the messages before.', 1;
SELECT DB_NAME() AS database_name, 1 AS checked;
