"""`kabar dlq`: the dead letters, seen, mended, put back and purged."""
