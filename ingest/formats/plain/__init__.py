"""Plain text: headings, lists and terms by how they are set."""
