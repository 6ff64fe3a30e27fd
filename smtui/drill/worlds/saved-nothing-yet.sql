-- Nobody has prepared anything: no copies of messages and packs on the servers.

DELETE FROM files WHERE path = 'C:\smtui\sys-messages.sql';
DELETE FROM pack_files WHERE folder = 'C:\mpbackup';
