"""Word documents: their text, tables, and the numbers that Word shows."""
