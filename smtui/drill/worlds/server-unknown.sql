-- The database does not know SM02 by its full name.

DELETE FROM management_servers WHERE fqdn = 'sm02.contoso.test';
