"""Gold questions asked of the assistant, and what came of them."""
