-- SM01 (or the server that is named) was lost and built anew under its old name: a member of the domain, and nothing of Service Manager on it.

UPDATE hosts SET bare = 1, booted_at = ago(50) WHERE name = answered('lost', answered('host', answered('first_server', 'SM01')));
DELETE FROM events WHERE host = answered('lost', answered('host', answered('first_server', 'SM01')));
