"""Taking care of a data folder: trying whether it can be opened, backup, restore, repair."""
