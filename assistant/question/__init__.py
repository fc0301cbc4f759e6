"""What a question asks for, told from its own words, and what is made of it before the pages are searched."""
