"""People and programs meet the assistant here: command line, chat page, HTTP API."""
