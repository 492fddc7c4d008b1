"""Reads what an article, its page or its producer says about the use of AI. Rules are data, one file a language."""
