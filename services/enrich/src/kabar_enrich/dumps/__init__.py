"""What is known of page dumps: their lines, and where the article stands among them."""
