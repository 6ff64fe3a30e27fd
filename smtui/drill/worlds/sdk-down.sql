-- The Data Access service of SM01 does not run.

UPDATE services SET status = 'Stopped' WHERE host = 'SM01' AND name = 'OMSDK';
