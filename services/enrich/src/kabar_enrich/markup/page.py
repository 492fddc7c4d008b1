"""An HTML page read once: its visible text in reading order, and what its head says.

The tree is walked without recursion and in one pass; what later steps need of it lies in plain values.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from kabar_enrich.markup import json_ld
from kabar_enrich.markup.tree import tree_of

_UNSEEN_WORDS: Final = """
    script style noscript template head svg iframe object embed textarea select option datalist canvas audio video math
    title
"""
_UNSEEN: Final = frozenset(_UNSEEN_WORDS.split())
_INLINE_WORDS: Final = """
    a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q ruby rb rt rp s samp small span
    strike strong sub sup time tt u var wbr img picture source nobr amp-img o:p g path use
"""
_INLINE: Final = frozenset(_INLINE_WORDS.split())
_PLAIN_INLINE_WORDS: Final = """
    b i em strong u br wbr img sup sub q cite abbr
"""
_PLAIN_INLINE: Final = frozenset(_PLAIN_INLINE_WORDS.split())
_CHROME: Final = frozenset(["nav", "footer", "aside", "form", "button", "menu", "dialog"])
_NEVER_CHROME: Final = frozenset({"html", "body", "main", "article"})
_CHROME_HINT: Final = re.compile(
    r"(?:^|[\s_-])(?:nav(?:bar|igation)?|menu|footer|sidebar|side-?bar|relat(?:ed|ion)|terkait|recommend\w*|rekomendasi|promo\w*|newsletter|subscri\w+|"
    r"comments?|komentar|disqus|shar(?:e|ing)\w*|social\w*|breadcrumbs?|advert\w*|ads?|adv|iklan|banner|cookies?|consent|popup|modal|widget|teasers?|"
    r"trending|popular|terpopuler|most-?read|tags?|tag-?list|topics?|author-?bio|read-?(?:also|more|next)|baca-?juga|lihat-?juga|outbrain|taboola|"
    r"correlated|more-?stories|toolbar|skip|disclaimer|copyright|inline-?link|link-?box|pagination|paging|sr-only|visually-hidden|screen-reader\w*)(?:$|[\s_-])",
    re.IGNORECASE,
)
_BODY_HINT: Final = re.compile(
    r"article-?_?_?(?:body|content|text)|story-?_?_?(?:body|content|text)|post-?(?:body|content|text)|entry-?content|detail__?body|read__content|"
    r"itp_bodycontent|content-?body|body-?(?:text|content)|txt-article|articleBody",
    re.IGNORECASE,
)
_HIDDEN_STYLE: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SCRIPT_OF_DATA: Final = "script[type='application/ld+json' i]"
_TEXT_TAG: Final = "-text"

HINT_CHARACTERS: Final = 400
META: Final = 400
"""How many `<meta>` are read."""
DEPTH_OF_CREDIT: Final = 6
"""How many containers around a piece of text remember it."""
SEGMENTS: Final = 60_000
"""Pieces of text that are kept apart; what comes after them in a page becomes one."""


@dataclass(frozen=True, slots=True)
class Container:
    """An element that holds text: its place in the tree and the slice of the segments in it."""

    depth: int
    is_chrome: bool
    """Whether tag or class says navigation, promotion, comments or the like."""
    is_body: bool
    """Whether its class or itemprop says that it holds the article."""
    first: int
    last: int
    """The segments in it are `segments[first:last]`."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of visible text that stands on its own: a paragraph, a heading, a list element, a button."""

    text: str
    tag: str
    """The block element it stands in."""
    link_characters: int
    containers: tuple[int, ...]
    """Indices of the nearest containers, innermost first."""
    chrome_depth: int
    """Depth of the innermost container around it that is chrome; -1 for none."""
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """What an HTML page says."""

    text: str
    """All visible text, one segment after the other with a blank line between."""
    segments: tuple[Segment, ...]
    """In reading order; those with `is_hidden` are not part of `text`."""
    containers: tuple[Container, ...]
    title: str | None
    language: str | None
    """The attribute `lang` of `<html>`."""
    canonical: str | None
    meta: tuple[tuple[str, str], ...]
    """Name, property or itemprop in lower case, and content."""
    times: tuple[str, ...]
    """The attribute `datetime` of `<time>` elements, in order."""
    json_ld: tuple[json_ld.Node, ...]

    def meta_of(self, *names: str) -> str | None:
        """The first content that is not empty under the first of these names that has one."""
        for name in names:
            for key, content in self.meta:
                if key == name and content.strip():
                    return content.strip()
        return None


@lru_cache(maxsize=2)
def read_page(html: str) -> Page:
    """The page in `html`, which must be storable text.

    The last ones are remembered, so that every enricher may ask for the page and it is read once.
    """
    tree = tree_of(html)
    root = tree.root
    walk = _Walk()
    if root is not None:
        walk.over(root)
    segments = tuple(walk.segments)
    element = tree.css_first("html")
    title = tree.css_first("head > title") or tree.css_first("title")
    return Page(
        text="\n\n".join(segment.text for segment in segments if not segment.is_hidden),
        segments=segments,
        containers=tuple(Container(one.depth, one.is_chrome, one.is_body, one.first, one.last) for one in walk.containers),
        title=None if title is None else " ".join(title.text().split()) or None,
        language=None if element is None else element.attributes.get("lang"),
        canonical=_canonical(tree),
        meta=_meta(tree),
        times=tuple(value for node in tree.css("time[datetime]")[:40] if (value := node.attributes.get("datetime"))),
        json_ld=json_ld.nodes_of(node.text() for node in tree.css(_SCRIPT_OF_DATA)),
    )


def _canonical(tree: LexborHTMLParser) -> str | None:
    node = tree.css_first("link[rel='canonical' i][href]")
    return None if node is None else node.attributes.get("href")


def _meta(tree: LexborHTMLParser) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for node in tree.css("meta[content]")[:META]:
        attributes = node.attributes
        content = attributes.get("content")
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
        if name and content:
            found.append((name.strip().lower(), content))
    return tuple(found)


@dataclass(slots=True)
class _Open:
    """A container while it is being read."""

    depth: int
    is_chrome: bool
    is_body: bool
    first: int
    last: int = 0


class _Walk:
    """One pass over a tree. Kept as an object because the pieces of a paragraph come from many nodes."""

    def __init__(self) -> None:
        self.segments: list[Segment] = []
        self.containers: list[_Open] = []
        self._pieces: list[str] = []
        self._link_characters = 0
        self._open: list[int] = []
        """Indices of the containers around the current node."""
        self._tags: list[str] = ["body"]
        self._chrome: list[int] = [-1]
        self._hidden = 0
        self._links = 0

    def over(self, root: LexborNode) -> None:
        """Walk the tree below `root`."""
        # One frame an element: which one it is and what leaving it must undo.
        frames: list[tuple[int, str, bool]] = []
        node: LexborNode | None = root
        root_id = root.mem_id
        while node is not None:
            child = self._enter(node, frames)
            if child is not None:
                node = child
                continue
            while node is not None:
                if frames and frames[-1][0] == node.mem_id:
                    self._leave(frames.pop())
                if node.mem_id == root_id:
                    node = None
                    break
                following = node.next
                if following is not None:
                    node = following
                    break
                node = node.parent
        self._finish()

    def _enter(self, node: LexborNode, frames: list[tuple[int, str, bool]]) -> LexborNode | None:
        """Take in a node; its first child when there is something to go down to."""
        tag = node.tag or "-"
        if tag == _TEXT_TAG:
            self._add(node.text_content or "")
            return None
        if tag[0] == "-":
            return node.first_child if tag == "-document" else None
        if tag == "br":
            self._pieces.append("\n")
            return None
        if tag in _UNSEEN:
            return None
        child = node.first_child
        if child is not None:
            frames.append((node.mem_id, tag, self._open_element(node, tag)))
        elif tag not in _INLINE:
            self._flush()
        return child

    def _open_element(self, node: LexborNode, tag: str) -> bool:
        """Note that an element begins; whether it hides what is in it."""
        hidden = False
        if tag not in _INLINE:
            self._flush()
            hidden = self._open_container(node, tag)
        elif tag == "a":
            self._links += 1
        elif tag not in _PLAIN_INLINE:
            hidden = _is_hidden(node.attributes)
        self._hidden += hidden
        return hidden

    def _leave(self, frame: tuple[int, str, bool]) -> None:
        _, tag, hidden = frame
        if tag not in _INLINE:
            self._flush()
            self.containers[self._open.pop()].last = len(self.segments)
            self._tags.pop()
            self._chrome.pop()
        elif tag == "a":
            self._links -= 1
        self._hidden -= hidden

    def _open_container(self, node: LexborNode, tag: str) -> bool:
        attributes = node.attributes
        hints = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"[:HINT_CHARACTERS]
        hints_chrome, hints_body = _hinted(hints)
        depth = len(self._open)
        is_chrome = tag in _CHROME or (hints_chrome and tag not in _NEVER_CHROME)
        is_body = hints_body or attributes.get("itemprop") == "articleBody"
        self._open.append(len(self.containers))
        self.containers.append(_Open(depth, is_chrome, is_body, len(self.segments)))
        self._tags.append(tag)
        self._chrome.append(depth if is_chrome else self._chrome[-1])
        return _is_hidden(attributes)

    def _add(self, text: str) -> None:
        if text.isspace():
            if self._pieces:
                self._pieces.append(" ")
            return
        self._pieces.append(text if self._tags[-1] == "pre" else text.replace("\n", " "))
        if self._links:
            self._link_characters += len(text.strip())

    def _flush(self) -> None:
        if not self._pieces:
            return
        if len(self.segments) >= SEGMENTS:
            self._pieces.append("\n")
            return
        links, self._link_characters = self._link_characters, 0
        paragraphs = self._taken_paragraphs()
        total = sum(map(len, paragraphs))
        containers = tuple(self._open[: -DEPTH_OF_CREDIT - 1 : -1])
        for text in paragraphs:
            self.segments.append(Segment(text, self._tags[-1], links * len(text) // total, containers, self._chrome[-1], self._hidden > 0))

    def _finish(self) -> None:
        if len(self.segments) >= SEGMENTS and (rest := "\n".join(self._taken_paragraphs())):
            self.segments.append(Segment(rest, "body", len(rest), (), 0))
        self._flush()

    def _taken_paragraphs(self) -> list[str]:
        """The text gathered so far, cut where two `<br>` follow each other."""
        raw = "".join(self._pieces)
        self._pieces.clear()
        lines = "\n".join(" ".join(line.split()) for line in raw.split("\n"))
        return [text for part in lines.split("\n\n") if (text := part.strip("\n"))]


@lru_cache(maxsize=4_096)
def _hinted(hints: str) -> tuple[bool, bool]:
    """Whether class and id speak of chrome, and whether of the article's body. A site uses few of them again and again."""
    return _CHROME_HINT.search(hints) is not None, _BODY_HINT.search(hints) is not None


def _is_hidden(attributes: dict[str, str | None]) -> bool:
    if "hidden" in attributes:
        return True
    style = attributes.get("style")
    return style is not None and _HIDDEN_STYLE.search(style) is not None
