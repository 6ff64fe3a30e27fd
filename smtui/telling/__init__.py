"""What screens and lines have in common: what they ask of the rest, and the words for what it answers."""
