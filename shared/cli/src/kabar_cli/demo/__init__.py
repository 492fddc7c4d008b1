"""The demo article: a page dump of our own in the shape of an Indonesian news site."""
