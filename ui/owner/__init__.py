"""What the owner of the pages sees: questions and what to write next, and how each source stands."""
