"""The page for people: rendered here, complete without any script."""
