"""The web application and what it serves but for the chat page and the owner's pages."""
