"""Bytes of a page → ``Document`` → ``Chunk``s with exact character offsets."""
