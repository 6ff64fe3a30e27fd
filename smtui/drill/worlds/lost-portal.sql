-- PORTAL01 was lost and built anew under its old name.

UPDATE hosts SET bare = 1, booted_at = ago(50) WHERE name = 'PORTAL01';
