-- Somebody has made an empty database of the same name on the rebuilt instance.

INSERT OR IGNORE INTO databases VALUES ('SQL01', 'ServiceManager', 'other', 'ONLINE', 0, 0, 'MULTI_USER', 'FULL', NULL);
