"""The chat page: its parts, what happens on them, and how a conversation looks."""
