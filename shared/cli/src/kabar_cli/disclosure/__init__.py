"""`kabar disclosure`: why an article was read as it was, what the rules are, and the mapping computed anew."""
