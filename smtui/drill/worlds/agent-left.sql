-- On the new machine a part of Operations Manager and its management group are installed.

UPDATE settings SET value = '1' WHERE key = 'agent_left';
