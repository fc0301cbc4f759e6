"""What the commands of ``footnoted`` do and show, beside asking: upkeep, figures, reports."""
