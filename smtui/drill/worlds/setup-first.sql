-- Somebody has run Setup on the new machines before the key was restored.

UPDATE hosts SET bare = 0;
