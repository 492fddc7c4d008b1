"""What a news text is made of: small modules, each of which knows one part and nothing of where the text came from."""
