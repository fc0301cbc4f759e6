"""What can be quoted of the passages that were found."""
