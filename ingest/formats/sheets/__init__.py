"""Sheets: rows under their header's names, from Excel workbooks and from CSV."""
