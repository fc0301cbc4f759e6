"""What any of the applications here does around a request: references, headers, turns, patience, counts."""
