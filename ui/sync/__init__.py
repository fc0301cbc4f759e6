"""Bringing an index up to date while it serves: what sets a sync off, how one is run, what is kept of it."""
