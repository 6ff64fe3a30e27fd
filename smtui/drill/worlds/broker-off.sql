-- RESTORE ... WITH ENABLE_BROKER leaves the broker off.

UPDATE settings SET value = '1' WHERE key = 'broker_stays_off';
