"""A session as a dialogue of lines: for screen readers, serial consoles, recordings and scripts of answers."""
