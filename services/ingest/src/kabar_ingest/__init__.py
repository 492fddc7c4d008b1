"""Takes articles over HTTP onto the raw stream. An answer of 202 means that Redis has the article."""
