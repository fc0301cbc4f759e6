"""Texts → vectors: models in this process, one behind a server, and what they share."""
