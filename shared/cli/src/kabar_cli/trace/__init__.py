"""`kabar trace`: the way of one article."""
