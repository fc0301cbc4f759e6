"""What the commands of ``footnoted`` do and show, beside asking: upkeep, backups, figures, the way to a server."""
