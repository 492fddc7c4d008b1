"""Where in the visible text of a page the parts of the article lie."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import re2  # type: ignore[import-untyped]  # ships no types
from kabar_contracts.disclosure import vocabulary
from kabar_contracts.enriched import BlockKind

from kabar_enrich.disclosure.segments import Segments, Span
from kabar_enrich.draft import Draft

CAPTIONS: Final = 20
"""Captions of an article that are looked for."""
_ANCHOR: Final = 60
"""Code points of a block by which it is found: cleaning may have changed what comes later."""
_TRIES: Final = 4
_HEADING: Final = re2.compile(r"^#{1,6} [^\n]+$")
_LINES_AT_THE_END: Final = 3
"""Lines right below the last paragraph that still belong to the article's end."""
_BYLINE: Final = re2.compile(
    r"(?i)^(?:(?:penulis|reporter|oleh|laporan|editor|redaktur|penyunting|pewarta|pengarang|by|written by|author|autor[ae]?|"
    r"kirjoittanut|napsal|yazar|yazan|tác giả|автор)\b|(?:text|tekst|teksti|текст) ?:|(?-i:Von|Por|Par|Door|Av|Af) (?-i:\p{Lu})|"
    r"بقلم|كتب|लेखक|เรื่อง|文/|撰文|作者|記者|记者|글 ?[:=]|기자) ?[:.]?"
)
"""Words that begin a line saying who wrote, in the languages that have rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The parts of an article by their place in `source_text`. Empty where nothing is known: then all of it is the article."""

    title: Span | None = None
    first_block: Span | None = None
    last_block: Span | None = None
    captions: tuple[Span, ...] = ()
    cleaned_body: str = ""
    """The body after cleaning, to tell whether evidence survived in it."""

    def position_of(self, span: Span, *, segments: Segments) -> vocabulary.PositionClass:
        """What part of the article the span stands in."""
        if self.title is not None and span.overlaps(self.title):
            return "title"
        if any(span.overlaps(caption) for caption in self.captions):
            return "caption"
        return self._position_by_blocks(span, segments=segments) if segments.lines else "body"

    def _position_by_blocks(self, span: Span, *, segments: Segments) -> vocabulary.PositionClass:
        first = self.first_block or segments.lines[0]
        last = self.last_block or segments.lines[-1]
        if span.start < first.start:
            line = segments.lines[segments.line_index(span.start)]
            return "byline" if _BYLINE.search(line.of(segments.text)) else "opening"
        if span.start >= last.start:
            lines_below = segments.line_index(span.start) - segments.line_index(last.end - 1)
            return "closing" if lines_below <= _LINES_AT_THE_END else "after_article"
        return "opening" if span.start < first.end else "body"


def layout_of(draft: Draft, *, headings: Sequence[str] = ()) -> Layout:
    """Where the title, the captions and the first and last block of a draft lie in its `source_text`.

    `headings` are the main headings of the page: what a page calls itself in its metadata may stand nowhere in its text.
    """
    text = draft.source_text
    blocks = [block.text for block in draft.blocks if block.kind is not BlockKind.CAPTION]
    captions = (caption.text for caption in draft.captions)
    in_blocks = (block.text for block in draft.blocks if block.kind is BlockKind.CAPTION)
    return Layout(
        title=_from_its_start(text, [title for title in (draft.title, *headings) if title]),
        first_block=_from_its_start(text, _without_headings(blocks)),
        last_block=_from_its_end(text, reversed(blocks)),
        captions=tuple(_caption_lines(text, [*captions, *in_blocks])),
        cleaned_body=draft.body,
    )


def _without_headings(blocks: Sequence[str]) -> Sequence[str]:
    """The blocks from the first that is no heading of Markdown: what stands below the heading opens the article."""
    return next((blocks[number:] for number, block in enumerate(blocks[:_TRIES]) if not _HEADING.search(block)), blocks)


def _from_its_start(text: str, pieces: Iterable[str]) -> Span | None:
    """Where the first of the pieces that can be found begins. Few are tried: the time stays linear in the text."""
    for piece in islice(pieces, _TRIES):
        at = text.find(piece[:_ANCHOR])
        if at >= 0:
            return Span(at, min(len(text), at + len(piece)))
    return None


def _from_its_end(text: str, pieces: Iterable[str]) -> Span | None:
    """Where the first of the pieces that can be found ends, looked for from the end of the text."""
    for piece in islice(pieces, _TRIES):
        anchor = piece[-_ANCHOR:]
        at = text.rfind(anchor)
        if at >= 0:
            end = at + len(anchor)
            return Span(max(0, end - len(piece)), end)
    return None


def _caption_lines(text: str, captions: Iterable[str]) -> Iterator[Span]:
    for caption in islice(captions, CAPTIONS):
        at = text.find(caption[:_ANCHOR]) if caption else -1
        if at >= 0:
            start = text.rfind("\n", 0, at) + 1
            end = text.find("\n", at)
            yield Span(start, len(text) if end < 0 else end)
