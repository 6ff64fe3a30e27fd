"""What the simulated hosts do for each script and statement that they know."""
