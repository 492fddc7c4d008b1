"""The AI-disclosure record: what an article says about the use of AI in making it, never whether AI was used."""
