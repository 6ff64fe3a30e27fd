-- The workflow server has nothing to complain of, and nobody has a console open.

DELETE FROM events WHERE level <> 'Information';
DELETE FROM processes WHERE closes_when_seen = 1;
