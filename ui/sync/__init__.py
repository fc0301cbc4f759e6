"""Bringing an index up to date while it serves: what sets a sync off and how one is run."""
