-- A job of the warehouse has failed.

UPDATE warehouse_jobs SET status = 'Failed' WHERE name = 'Transform.Common';
