"""An HTML page read once: its visible text in reading order, and what its head says.

What later steps need of the tree lies in plain values.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from kabar_enrich.markup import json_ld
from kabar_enrich.markup.tree import DataElement, data_elements, is_cut, tree_of
from kabar_enrich.markup.walk import Container, Segment, in_sight, walk_over
from kabar_enrich.remembered import OfLastPage

META: Final = 400
"""How many `<meta>` are read."""
TIMES: Final = 40
"""How many `<time>` are read."""


@dataclass(frozen=True, slots=True)
class Page:
    """What an HTML page says."""

    text: str
    """All visible text, one segment after the other with a blank line between."""
    segments: Sequence[Segment]
    """In reading order; those with `is_hidden` are not part of `text`."""
    containers: Sequence[Container]
    links: Sequence[str]
    """The tags of its links and the pieces of text in them, as the parser writes them."""
    title: str | None
    language: str | None
    """The attribute `lang` of `<html>`."""
    canonical: str | None
    meta: tuple[tuple[str, str], ...]
    """Name, property or itemprop in lower case, and content."""
    times: tuple[str, ...]
    """The attribute `datetime` of `<time>` elements, in order."""
    json_ld: tuple[json_ld.Node, ...]
    is_cut: bool = False
    """Whether nesting or attributes that only a hostile page has were left out."""

    def meta_of(self, *names: str) -> str | None:
        """The first content that is not empty under the first of these names that has one."""
        for name in names:
            for key, content in self.meta:
                if key == name and content.strip():
                    return content.strip()
        return None


@OfLastPage
def read_page(html: str) -> Page:
    """The page in `html`, which must be storable text.

    The last one is remembered, so that every enricher may ask for the page and it is read once.
    """
    tree = tree_of(html)
    body = tree.body
    markup = in_sight((body.html if body is not None else tree.html) or "")
    walked = walk_over(markup)
    head = _Head(tree)
    return Page(
        text="\n\n".join([segment.text for segment in walked.segments if not segment.is_hidden]),
        segments=walked.segments,
        containers=walked.containers,
        links=walked.links,
        title=head.title,
        language=head.language,
        canonical=head.canonical,
        meta=tuple(head.meta),
        times=tuple(head.times),
        json_ld=json_ld.nodes_of(head.scripts),
        is_cut=is_cut(html),
    )


class _Head:
    """What stands in elements that are not text."""

    def __init__(self, tree: LexborHTMLParser) -> None:
        self.meta: list[tuple[str, str]] = []
        self.times: list[str] = []
        self.scripts: list[str] = []
        self.canonical: str | None = None
        for element in data_elements(tree):
            self._take(element)
        html = tree.css_first("html")
        self.language = None if html is None else html.attributes.get("lang")
        title = tree.css_first("head > title") or tree.css_first("title")
        self.title = None if title is None else " ".join(title.text().split()) or None

    def _take(self, element: DataElement) -> None:
        tag, attributes = element.tag, element.attributes
        if tag == "meta":
            content = attributes.get("content")
            name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
            if name and content and len(self.meta) < META:
                self.meta.append((name.strip().lower(), content))
        elif tag == "time":
            if (moment := attributes.get("datetime")) and len(self.times) < TIMES:
                self.times.append(moment)
        elif tag == "link":
            if self.canonical is None and (attributes.get("rel") or "").lower() == "canonical":
                self.canonical = attributes.get("href") or None
        elif element.is_script_of(json_ld.MEDIA_TYPE) and len(self.scripts) < json_ld.SCRIPTS:
            self.scripts.append(element.node.text())
