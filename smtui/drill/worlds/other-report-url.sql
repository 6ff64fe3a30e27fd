-- The databases of the warehouse have another reporting server on record.

UPDATE settings SET value = 'http://srs09.contoso.test/ReportServer' WHERE key = 'report_url';
