"""Turns raw articles into enriched ones: clean text, tags, and what the article says about the use of AI."""
