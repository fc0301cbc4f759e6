"""The vectors in Chroma: opened, written and mended without losing any."""
