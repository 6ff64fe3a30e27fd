-- DW01 was lost and built anew under its old name. After Setup the first MPSyncJob runs for a while.

UPDATE hosts SET bare = 1, booted_at = ago(50) WHERE name = 'DW01';
DELETE FROM events WHERE host = 'DW01';
UPDATE warehouse_jobs SET status = 'Running', seen_as = 'Not Started' WHERE name = 'MPSyncJob';
