"""OpenDocument texts, spreadsheets and presentations, as LibreOffice writes them."""
