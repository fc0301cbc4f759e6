"""What is remembered beside the ledger: how syncs went, links, which encoder made what, who holds the folder."""
