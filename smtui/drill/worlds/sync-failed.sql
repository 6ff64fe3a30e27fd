-- The synchronisation of management packs into the warehouse fails.

UPDATE warehouse_jobs SET status = 'Failed', seen_as = NULL WHERE name = 'MPSyncJob';
