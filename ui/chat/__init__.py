"""The chat page: its parts, what happens on them, and how a conversation and an answer look."""
