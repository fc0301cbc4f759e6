"""Chunks → vectors, keywords and the ledger of what is live; a query → ranked ``Hit``s."""
