-- The saved export is older than what lives: a lower version, another content.

UPDATE pack_files SET version = '7.5.7000.0', content = 'of an older day' WHERE name = 'ServiceManager.IncidentManagement.Configuration';
