-- Somebody restores another server's key before Setup: the agent cannot read its secure configuration.

UPDATE settings SET value = '1' WHERE key = 'wrong_key';
