"""The parsed tree of a page: parsed once, for all who read it."""

from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser

from kabar_enrich.markup.bounds import bounded


@lru_cache(maxsize=1)
def tree_of(html: str) -> LexborHTMLParser:
    """The tree of `html`, without what only a hostile page has. The last one is remembered; nobody may change it.

    A tree belongs to one thread: enrich one article in one thread from beginning to end.
    """
    return LexborHTMLParser(bounded(html.encode()))
