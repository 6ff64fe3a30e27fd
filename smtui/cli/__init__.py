"""The commands, one module each; heavy rooms are imported inside the command."""
