"""An answer for people: as HTML, and as text to take away."""
