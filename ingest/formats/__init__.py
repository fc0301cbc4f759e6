"""The kinds of file that are read, each into a ``Document``."""
