-- The portal's web.config names a server that is gone.

UPDATE websites SET sdk_server = 'SM09';
