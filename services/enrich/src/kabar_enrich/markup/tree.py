"""The parsed tree of a page: parsed once, for all who read it."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from kabar_enrich.decoding import utf8_of
from kabar_enrich.markup.bounds import bounded
from kabar_enrich.remembered import OfLastPage

DATA_ELEMENTS: Final = 10_000
"""Elements with data that are read of a page; the first ones in its order."""
_DATA: Final = "meta,time[datetime],link[rel][href],script[type],[ai-disclosure]"


class DataElement(NamedTuple):
    """An element that holds data for machines."""

    node: LexborNode
    tag: str | None
    attributes: Mapping[str, str | None]

    def is_script_of(self, media_type: str) -> bool:
        """Whether it is a script of this type, in whatever case that is written."""
        return self.tag == "script" and (self.attributes.get("type") or "").lower() == media_type


def tree_of(html: str) -> LexborHTMLParser:
    """The tree of `html`, without what only a hostile page has. The last one is remembered; nobody may change it.

    A tree belongs to one thread: enrich one article in one thread from beginning to end.
    """
    return _parsed(html)[0]


def is_cut(html: str) -> bool:
    """Whether something of `html` is not in its tree, since only a hostile page has it."""
    return _parsed(html)[1]


@lru_cache(maxsize=1)
def data_elements(tree: LexborHTMLParser) -> Sequence[DataElement]:
    """The elements of a page that hold data for machines, in its order: of all who read some, the first searches the tree for all."""
    return [DataElement(node, node.tag, node.attributes) for node in tree.css(_DATA)[:DATA_ELEMENTS]]


@OfLastPage
def _parsed(html: str) -> tuple[LexborHTMLParser, bool]:
    source = utf8_of(html)
    kept = bounded(source)
    return LexborHTMLParser(kept), len(kept) < len(source)
