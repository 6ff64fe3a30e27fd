"""Where credentials come from, and how they are kept out of everything."""
