-- The rebuilt instances have no full-text search.

UPDATE settings SET value = '0' WHERE key = 'full_text';
