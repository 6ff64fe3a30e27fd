-- PORTAL01 was lost and built anew under its old name.

UPDATE hosts SET bare = 1, booted_at = ago(50) WHERE name = 'PORTAL01';
UPDATE websites SET sdk_server = answered('sdk_server', answered('first_server', 'SM01')) WHERE host = 'PORTAL01';
