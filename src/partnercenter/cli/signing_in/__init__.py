"""Who speaks, to which service, and what is remembered of it."""
