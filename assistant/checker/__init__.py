"""Whether a cited passage bears a language model's sentence out. ``verify.py`` is the way in."""
