"""`kabar audit`: whether everything that was accepted is accounted for."""
