-- SM01 was lost and built anew under its old name: a member of the domain, and nothing of Service Manager on it.

UPDATE hosts SET bare = 1, booted_at = ago(50) WHERE name = 'SM01';
DELETE FROM events WHERE host = 'SM01';
