"""One execution of a checklist: events, journal, state, lock, store."""
