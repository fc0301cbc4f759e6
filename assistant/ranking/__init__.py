"""Which of it answers, and whether the pages answer at all."""
