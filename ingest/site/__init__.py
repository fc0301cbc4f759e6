"""A web site as a source of pages: which addresses, how they are asked, and what they answer."""
