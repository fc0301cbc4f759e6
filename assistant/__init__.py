"""A conversation → ``Answer`` with checked footnotes, as a stream of events."""
