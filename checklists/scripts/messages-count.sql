-- How many error messages of their own products have added to this instance.
-- Reference: learn.microsoft.com, sys.messages.
USE master;
SELECT COUNT(*) AS messages, COUNT(DISTINCT message_id) AS numbers FROM sys.messages WHERE message_id > 50000;
