"""A text without the marks of Markdown and inline HTML, and the way back from each piece of it to where it stands in the text.

Bodies of many producers are Markdown as written: «made with [**Claude**](https://…)» says what «made with Claude» says.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final

import re2  # type: ignore[import-untyped]  # ships no types

from kabar_enrich.disclosure.layout import Layout
from kabar_enrich.disclosure.segments import Span

_SIGNS: Final = ("```", "](", "][", "*", "_", "</", "\n>", "\n >")
"""What a text without any of these has no marks."""
_TARGET: Final = r"\([^()\s]*(?:\([^()\s]*\)[^()\s]*)?(?: +\"[^\"\n]*\")?\)|\[[^\[\]\n]*\]"
_INLINE: Final = "a|b|i|u|em|strong|small|sub|sup|span|font|mark|center|p|div"
_MARK_PATTERNS: Final = (
    r"(?m:^)( *```+ *[a-zA-Z][^\s`]*\n(?:[^\n]*\n)*? *```+)(?m: *$)",
    rf"(!?\[)[^\[\]\n]*(\](?:{_TARGET}))",
    r"(\*\*+)",
    r"(?:^|[^\w*\\])(\*)[^\s*](?:[^*\n]*[^\s*])?(\*)(?:$|[^\w*])",
    r"(?:^|[^\w\\])(__?)[^\s_](?:[^_\n]*[^\s_])?(__?)(?:$|[^\w])",
    r"(?m:^)( *(?:> ?)+)",
    rf"(?i)(</?(?:{_INLINE})(?: (?:(?:[^c<>\n]|c[^l<>\n]|class=)[^<>\n]*)?)?>)",
)
_MARKS: Final = tuple(map(re2.compile, _MARK_PATTERNS))
"""Their groups are the marks: blocks of code of a language, which say nothing; marks of links and pictures, of emphasis, of quoted
blocks, of inline elements, other than those that a program writes with `className`."""


@dataclass(frozen=True, slots=True)
class Unmarked:
    """What is left of a text. `begins` and `stood` say where each kept piece begins in it, and where that stood in the text."""

    text: str
    begins: tuple[int, ...]
    stood: tuple[int, ...]

    def place(self, span: Span) -> Span:
        """Where a piece of what is left stands in the text; marks within it are part of it there."""
        start = self._outside(span.start)
        return Span(start, self._outside(span.end - 1) + 1 if span.end > span.start else start)

    def within(self, layout: Layout) -> Layout:
        """The layout of the text as one of what is left."""
        return replace(
            layout,
            title=self._left_of(layout.title),
            first_block=self._left_of(layout.first_block),
            last_block=self._left_of(layout.last_block),
            captions=tuple(left for caption in layout.captions if (left := self._left_of(caption)) is not None),
        )

    def _outside(self, offset: int) -> int:
        piece = max(0, bisect_right(self.begins, offset) - 1)
        return self.stood[piece] + offset - self.begins[piece]

    def _inside(self, offset: int) -> int:
        piece = bisect_right(self.stood, offset) - 1
        if piece < 0:
            return 0
        end = self.begins[piece + 1] if piece + 1 < len(self.begins) else len(self.text)
        return min(end, self.begins[piece] + offset - self.stood[piece])

    def _left_of(self, span: Span | None) -> Span | None:
        return None if span is None else Span(self._inside(span.start), self._inside(span.end))


def unmarked(text: str) -> Unmarked:
    """The text without its marks. What they mark stays: the words of a link, the alternative text of a picture. The time is linear."""
    if not text.startswith(">") and not any(sign in text for sign in _SIGNS):
        return Unmarked(text, (0,), (0,))
    kept = list(_between(_marks_in(text), end=len(text))) or [Span(0, 0)]
    begins = (0, *accumulate(span.end - span.start for span in kept[:-1]))
    return Unmarked("".join(span.of(text) for span in kept), begins, tuple(span.start for span in kept))


def _marks_in(text: str) -> list[Span]:
    return sorted(
        Span(*found.span(group))
        for pattern in _MARKS
        for found in pattern.finditer(text)
        for group in range(1, found.re.groups + 1)
        if found.start(group) < found.end(group)
    )


def _between(marks: Iterable[Span], *, end: int) -> Iterator[Span]:
    """What is not marks, in order; marks may overlap."""
    start = 0
    for mark in marks:
        if mark.start > start:
            yield Span(start, mark.start)
        start = max(start, mark.end)
    if start < end:
        yield Span(start, end)
