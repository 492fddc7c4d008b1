"""What an HTML page says: its visible text, its metadata and the region that holds the article."""
