"""One pass over the body of a page: its pieces of visible text in reading order, and the elements around them.

The tree is written out once by the parser and read as a flat run of tags and texts: what the parser writes is well
formed, `<` and `>` stand in it for tags alone, and reading it so takes a quarter of what walking the nodes does.
An element is only looked at when there is text in it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from kabar_enrich.markup.hints import Hints, hints_of

_UNSEEN_WORDS: Final = """
    script style noscript template svg iframe object textarea select datalist canvas audio video math title head xmp plaintext
    noembed noframes
"""
_UNSEEN: Final = re.compile(rf"<(?:({'|'.join(_UNSEEN_WORDS.split())})(?=[\s>])|!--)")
_PLAIN_INLINE_WORDS: Final = """
    b i em strong u wbr img sup sub q cite abbr picture source acronym bdi bdo big code data del dfn font ins kbd label mark ruby rb
    rt rp s samp small strike time tt var nobr amp-img o:p g path use
"""
_INLINE_WORDS: Final = """
    span
"""
_VOID_WORDS: Final = """
    area base basefont bgsound col embed frame hr input keygen link meta param track
"""
_LINE_BREAK, _LINK, _LINK_END, _NOTHING, _VOID, _INLINE, _INLINE_END, _CONTAINER, _CONTAINER_END = range(9)
_KINDS: Final = {
    **dict.fromkeys(_PLAIN_INLINE_WORDS.split(), _NOTHING),
    **{f"/{word}": _NOTHING for word in _PLAIN_INLINE_WORDS.split()},
    **dict.fromkeys(_INLINE_WORDS.split(), _INLINE),
    **{f"/{word}": _INLINE_END for word in _INLINE_WORDS.split()},
    **dict.fromkeys(_VOID_WORDS.split(), _VOID),
    "": _NOTHING,
    "br": _LINE_BREAK,
    "a": _LINK,
    "/a": _LINK_END,
}
"""Tags that are no containers. Every other one begins or ends one."""

SEGMENTS: Final = 60_000
"""Pieces of text that are kept apart; what comes after them in a page becomes one."""


class Segment(NamedTuple):
    """A piece of visible text that stands on its own: a paragraph, a heading, a list element, a button."""

    text: str
    tag: str
    """The block element it stands in."""
    link_characters: int
    container: int
    """Index of that element; -1 for none."""
    is_hidden: bool = False


_new: Final = tuple.__new__
"""Makes a segment in half the time."""


@dataclass(slots=True)
class Container:
    """An element that holds text: its place in the tree and the slice of the segments in it."""

    parent: int
    """Index of the container around it; -1 for the outermost."""
    depth: int
    tag: str
    attributes: str
    """As the parser writes them, its tag in front."""
    first: int
    last: int
    """The segments in it are `segments[first:last]`."""
    _hints: Hints | None = None

    @property
    def hints(self) -> Hints:
        """What its tag and attributes say. Read when it is first asked for: most elements are never looked at."""
        if self._hints is None:
            self._hints = hints_of(self.tag, self.attributes)
        return self._hints


class Walked(NamedTuple):
    """What stands in a body."""

    segments: Sequence[Segment]
    containers: Sequence[Container]
    """Those of text, outer before inner."""
    links: Sequence[str]
    """The tags of the links, and the pieces of text in them, as the parser writes them."""


def walk_over(seen: str) -> Walked:
    """What stands in what `in_sight` leaves of a body."""
    walk = _Walk()
    walk.over(seen)
    return Walked(tuple(walk.segments), tuple(walk.containers), tuple(walk.links))


def in_sight(html: str) -> str:
    """`html`, as the parser writes it out, without comments and without elements whose content nobody sees."""
    kept: list[str] = []
    start = 0
    while (opening := _UNSEEN.search(html, start)) is not None:
        kept.append(html[start : opening.start()])
        closing = "-->" if opening[1] is None else f"</{opening[1]}>"
        end = html.find(closing, opening.end())
        start = len(html) if end < 0 else end + len(closing)
    kept.append(html[start:])
    # A space: what stood on both sides of a script are two words.
    return " ".join(kept)


class _Walk:
    """The pass. Kept as an object because the pieces of a paragraph come from many elements."""

    def __init__(self) -> None:
        self.segments: list[Segment] = []
        self.containers: list[Container] = []
        self.links: list[str] = []
        self._pieces: list[str] = []
        self._link_characters = 0
        self._has_breaks = False
        self._open: list[tuple[str, str]] = [("body", "")]
        """The elements around the current place: their names, and their tags with attributes."""
        self._noted: list[int] = []
        """Indices of the containers made of the outermost of them: those in which there was text."""
        self._hidden: list[bool] = [False]
        """For each of these whether it, or one around it, is hidden."""

    def over(self, html: str) -> None:  # noqa: C901, PLR0912  # the one hot loop of reading pages: a call for each tag would double its time
        """Walk what the parser wrote."""
        pieces, opened, noted, kind_of = self._pieces, self._open, self._noted, _KINDS.get
        flush, close = self._flush, self._close
        links = unseen = 0
        inline: list[bool] = []
        # As if a tag without a name stood before it all. Strings are cut faster by a sign than by an expression.
        for piece in f">{html}".split("<"):
            tag, _, text = piece.partition(">")
            kind = kind_of(tag)
            if kind is None:
                if tag[0] == "/":
                    kind = _CONTAINER_END
                else:
                    name = tag.partition(" ")[0]
                    kind = kind_of(name, _CONTAINER)
            if kind == _CONTAINER_END:
                if pieces:
                    flush()
                if opened[-1][0] == tag[1:] and len(opened) > 1:
                    opened.pop()
                    if len(noted) > len(opened):
                        close()
            elif kind == _CONTAINER:
                if pieces:
                    flush()
                opened.append((name, tag))
            elif kind == _LINK:
                links += 1
                self.links.append(tag)
            elif kind == _LINK_END:
                links -= links > 0
            elif kind == _INLINE:
                is_unseen = _may_hide(tag) and hints_of("span", tag).is_hidden
                inline.append(is_unseen)
                unseen += is_unseen
            elif kind == _INLINE_END:
                unseen -= inline.pop() if inline else 0
            elif kind == _LINE_BREAK:
                pieces.append("<")
                self._has_breaks = True
            elif kind == _VOID and pieces:
                self._flush()
            if text and not unseen:
                if not text.isspace():
                    pieces.append(text)
                    if links:
                        self._link_characters += len(text.strip())
                        self.links.append(text)
                elif pieces:
                    pieces.append(" ")
        self._finish()

    def _close(self) -> None:
        """Let the container end whose element was closed."""
        self.containers[self._noted.pop()].last = len(self.segments)
        self._hidden.pop()

    def _flush(self) -> None:
        """Make segments of the text gathered so far."""
        segments, pieces = self.segments, self._pieces
        if len(segments) >= SEGMENTS:
            pieces.append("<<")
            return
        links, self._link_characters = self._link_characters, 0
        tag = self._open[-1][0]
        if self._has_breaks or tag == "pre":
            paragraphs = self._taken_paragraphs()
            total = sum(map(len, paragraphs))
        else:
            text = pieces[0] if len(pieces) == 1 else "".join(pieces)
            pieces.clear()
            text = " ".join((_unescaped(text) if "&" in text else text).split())
            paragraphs, total = [text] if text else [], len(text)
        if not paragraphs:
            return
        if len(self._noted) < len(self._open):
            self._note_open()
        container, hidden = self._noted[-1], self._hidden[-1]
        for text in paragraphs:
            linked = min(len(text), links * len(text) // total) if links else 0
            segments.append(_new(Segment, (text, tag, linked, container, hidden)))

    def _note_open(self) -> None:
        """Make containers of the open elements that are none yet: there is text in them."""
        noted, containers, first = self._noted, self.containers, len(self.segments)
        parent, is_hidden = noted[-1] if noted else -1, self._hidden[-1]
        for depth in range(len(noted), len(self._open)):
            tag, attributes = self._open[depth]
            number = len(containers)
            containers.append(Container(parent, depth, tag, attributes, first, 0))
            noted.append(number)
            parent = number
            is_hidden = is_hidden or (_may_hide(attributes) and hints_of(tag, attributes).is_hidden)
            self._hidden.append(is_hidden)

    def _finish(self) -> None:
        if len(self.segments) >= SEGMENTS and (rest := "\n".join(self._taken_paragraphs())):
            self.segments.append(Segment(rest, "body", len(rest), -1))
        elif self._pieces:
            self._flush()
        while self._noted:
            self.containers[self._noted.pop()].last = len(self.segments)

    def _taken_paragraphs(self) -> list[str]:
        """The text gathered so far, cut where two `<br>` follow each other."""
        raw = "".join(self._pieces)
        self._pieces.clear()
        self._has_breaks = False
        if self._open[-1][0] == "pre":
            raw = raw.replace("\n", "<")
        lines = "\n".join(" ".join(_unescaped(line).split()) for line in raw.split("<"))
        return [text for part in lines.split("\n\n") if (text := part.strip("\n"))]


def _may_hide(attributes: str) -> bool:
    """Whether an element may be hidden: asked of all, while what its attributes say is asked of few."""
    return ' hidden="' in attributes or (' style="' in attributes and ("none" in attributes or "hidden" in attributes))


def _unescaped(text: str) -> str:
    """`text` without the four escapes that the parser writes."""
    return text.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
