"""The simulated deployment: a process of its own, imported by nobody else."""
