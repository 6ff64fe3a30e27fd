"""A SQL Server of the drill: TDS 7.4 and 8.0 on loopback, and the statements that the shipped checklists send to it."""
