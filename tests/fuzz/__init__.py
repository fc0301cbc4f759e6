"""Inputs made to break things. ``python -m tests.fuzz 100000`` runs as many, spread over the targets."""
