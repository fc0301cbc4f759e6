"""What an organisation makes its own: name, colours, words, examples."""
