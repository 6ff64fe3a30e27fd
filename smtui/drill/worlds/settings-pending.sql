-- Somebody has changed a setting of the instances and has not activated it.

UPDATE instance_settings SET value = 25 WHERE name = 'cost threshold for parallelism';
