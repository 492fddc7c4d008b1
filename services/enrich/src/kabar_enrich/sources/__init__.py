"""What is publicly known of outlets, and which address is an article's own."""
