"""The ledger: which pages and chunks are live, in SQLite or Postgres, and who may write."""
