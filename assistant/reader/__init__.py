"""The reader: points in a passage at the words that answer a question, and says how likely they do."""
