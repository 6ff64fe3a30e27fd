-- The connection reaches a secondary replica of an availability group.

UPDATE databases SET is_primary_replica = 0 WHERE role = 'service-manager';
