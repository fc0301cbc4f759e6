"""The keyword indexes: BM25 over passages and whole pages, and what is known of their words."""
