"""Who asks, how that is known, and whose pages they may see."""
