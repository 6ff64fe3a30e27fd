-- A saved pack that is missing does not pass the vendor's test.

UPDATE pack_files SET sound = 0 WHERE name NOT IN (SELECT name FROM management_packs);
