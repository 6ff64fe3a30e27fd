"""The simulated deployment: a process of its own that speaks WS-Man and TDS, and is imported by nobody else."""
