"""The text cut into lines and sentences, by offsets; folding that keeps every offset."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

import re2  # type: ignore[import-untyped]  # ships no types

_SPACES: Final = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\ufeff\t\r\v\f"
CREDITED_TOOL: Final = "\ufdd0"
TOOL_CALLED_LIKE_A_PERSON: Final = "\ufdd1"
"""What stands for each letter of a tool's name. These two are noncharacters: no text has them once it is folded."""
TOOL_MARKS: Final = CREDITED_TOOL + TOOL_CALLED_LIKE_A_PERSON
_FOLDED: Final = {
    **dict.fromkeys(_SPACES, " "),
    **dict.fromkeys("\u2028\u2029\u0085", "\n"),
    **dict.fromkeys(TOOL_MARKS, " "),
    **dict.fromkeys("\u2018\u2019\u02bc\u2032", "'"),
    **dict.fromkeys("\u2010\u2011\u2012\u2013", "-"),
    "\uff08": "(",
    "\uff09": ")",
    "\uff1a": ":",
}
_CLOSE_WRITTEN_ENDS: Final = "\u3002\uff01\uff1f\u0964\u0965\u061f\u06d4"
"""Marks that end a sentence without a space after them: of Chinese and Japanese, of Hindi, of Arabic and Urdu."""
_SENTENCE_END: Final = re2.compile(
    r"[.!?\x{2026}]+[\"'\x{201c}\x{201d}\x{00bb})\]*_]*[ \n]+"
    rf"|[{_CLOSE_WRITTEN_ENDS}]+[\x{{300d}}\x{{300f}}\x{{ff09}}\x{{3011}}\x{{3009}}\x{{300b}}\x{{201d}}\"')\]*_]*"
)
_NO_SENTENCE_END: Final = frozenset(
    {
        "dr.",
        "prof.",
        "mr.",
        "mrs.",
        "ms.",
        "st.",
        "vs.",
        "inc.",
        "ltd.",
        "co.",
        "corp.",
        "jr.",
        "sr.",
        "gen.",
        "col.",
        "lt.",
        "sgt.",
        "rep.",
        "sen.",
        "gov.",
        "e.g.",
        "i.e.",
        "etc.",
        "approx.",
        "dept.",
        "fig.",
        "jl.",
        "kab.",
        "kec.",
        "kel.",
        "hal.",
        "tgl.",
        "dll.",
        "dkk.",
        "dsb.",
        "dst.",
        "hlm.",
        "ir.",
        "drs.",
        "dra.",
        "h.",
        "hj.",
        "kh.",
        "rp.",
        "pt.",
        "cv.",
        "tn.",
        "ny.",
        "sdr.",
        "a.n.",
        "d.a.",
        "s.d.",
        "u.p.",
        "a.i.",
        "u.s.",
    }
)
_NUMBER_FOLLOWS: Final = "no."
"""An abbreviation before a number, and a whole answer elsewhere."""
_QUOTE_PAIRS: Final = {
    "\u201c": "\u201d",
    "\u201e": "\u201c\u201d",
    "\u00ab": "\u00bb",
    "\u300c": "\u300d",
    "\u300e": "\u300f",
    "\u300a": "\u300b",
    "\u3008": "\u3009",
    '"': '"',
    "\u201d": "\u201d",
    "\u00bb": "\u00ab",
}
_MUST_CLOSE: Final = "\u201d\u00bb"
"""Marks that open a quotation in some languages (Swedish, Finnish, Danish) and close one or point in others."""
_LINE_ENDS: Final = f'.!?:;"\u201d{_CLOSE_WRITTEN_ENDS}\u300d'
"""Marks after which the next line does not go on with the same sentence."""
_LINE_BREAK: Final = re.compile(r"\n(?<!\n\n) *(?=[^\W\d_])")
_FIELD: Final = re.compile(r"[a-z][a-z_-]{0,30}:(?: |$)", re.MULTILINE)
"""A field, as in «author: Ann Roe»."""
_LONGEST_ABBREVIATION: Final = 8
_LONGEST_KEY: Final = 100
"""Code points beside a string in a line of code."""
LONGEST_LINE: Final = 20_000
"""Code points. A longer line is taken for several."""
_CODE_BEFORE: Final = re.compile(r"""[ {(\[,]*(?:(?:["'][\w.-]+["']|[a-z][\w-]*) ?[:=] ?)?""")
_CODE_AFTER: Final = re.compile(r" ?[,;)\]}]+ *")
"""What stands in a line of code around a string of the page's own text: a key, and a comma behind it."""
_KEY_OF_A_TEXT: Final = re.compile(
    r" *(?:- )?(?:[a-z]+(?:[A-Z_-]\w*)+|alt|caption|credit|description|disclaimer|excerpt|footer|notice|subtitle|summary) ?: ?"
)
"""What stands before the text of a field of front matter: its key, which no speaker is called by."""


class Span(NamedTuple):
    """A piece of a text: code points from `start` up to, not including, `end`."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The piece itself."""
        return text[self.start : self.end]

    def overlaps(self, other: "Span") -> bool:
        """Whether the two have a code point in common."""
        return self.start < other.end and other.start < self.end

    def holds(self, other: "Span") -> bool:
        """Whether the other lies within this one."""
        return self.start <= other.start and other.end <= self.end


def fold(text: str) -> str:
    """The text with one kind of space, apostrophe and hyphen, each wrapped line in one. Offsets stay: one code point for one."""
    # A text has few of these, and to look for each is far faster than to look each code point up.
    for character, plain in _FOLDED.items():
        if character in text:
            text = text.replace(character, plain)
    return _LINE_BREAK.sub(_unwrapped, text)


def _unwrapped(found: re.Match[str]) -> str:
    """A line break as spaces where the sentence goes on below it: its producer wrapped the line. Fields of front matter stay apart."""
    text, last = found.string, found.start() - 1
    while last >= 0 and text[last] == " ":
        last -= 1
    goes_on = (
        last >= 0
        and text[found.end()].islower()
        and text[last] != "\n"
        and text[last] not in _LINE_ENDS
        and not _FIELD.match(text, found.end())
    )
    return " " * len(found.group()) if goes_on else found.group()


@dataclass(frozen=True, slots=True)
class Segments:
    """The lines of a folded text."""

    text: str
    lines: tuple[Span, ...]

    def line_index(self, offset: int) -> int:
        """Which line the code point at `offset` is in."""
        return max(0, bisect_right(self.lines, offset, key=lambda line: line.start) - 1)

    def sentences(self, line: Span) -> tuple[Span, ...]:
        """The sentences of a line, without the white space around them."""
        piece = line.of(self.text)
        cuts = [0]
        cuts += [found.end() for found in _SENTENCE_END.finditer(piece) if _ends_a_sentence(piece, end=found.end(), stop=found.start())]
        cuts.append(len(piece))
        spans = (stripped(self.text, Span(line.start + start, line.start + end)) for start, end in pairwise(cuts))
        return tuple(span for span in spans if span.start < span.end)


def segmented(text: str) -> Segments:
    """The lines of a folded text, empty ones left out."""
    lines: list[Span] = []
    start = 0
    for raw_line in text.split("\n"):
        piece = raw_line.strip(" ")
        if piece:
            first = start if len(piece) == len(raw_line) else start + len(raw_line) - len(raw_line.lstrip(" "))
            line = Span(first, first + len(piece))
            lines.extend((line,) if len(piece) <= LONGEST_LINE else _pieces_of(text, line))
        start += len(raw_line) + 1
    return Segments(text, tuple(lines))


def _pieces_of(text: str, line: Span) -> Iterator[Span]:
    """An endless line in pieces, so that what is looked at around a match stays near to it."""
    start = line.start
    while line.end - start > LONGEST_LINE:
        end = text.rfind(" ", start + 1, start + LONGEST_LINE) + 1 or start + LONGEST_LINE
        if (piece := stripped(text, Span(start, end))).start < piece.end:
            yield piece
        start = end
    yield stripped(text, Span(start, line.end))


def stripped(text: str, span: Span) -> Span:
    """The span without white space at its ends."""
    piece = span.of(text)
    start = span.start + len(piece) - len(piece.lstrip())
    return Span(start, max(start, span.end - (len(piece) - len(piece.rstrip()))))


def quoted_spans(text: str, line: Span) -> tuple[Span, ...]:
    """What stands between quotation marks in a line, marks included. An opened quotation that is not closed ends with the line.

    A string that is all of a line of code is none: nobody is quoted there.
    """
    spans: list[Span] = []
    opened, closing = -1, ""
    for offset in range(line.start, line.end):
        mark = text[offset]
        if opened >= 0 and mark in closing:
            if not _is_code(text, line, quoted=Span(opened, offset + 1)):
                spans.append(Span(opened, offset + 1))
            opened = -1
        elif mark in _QUOTE_PAIRS and (opened < 0 or text[opened] in _MUST_CLOSE):
            opened, closing = offset, _QUOTE_PAIRS[mark]
    if opened >= 0 and text[opened] not in _MUST_CLOSE:
        spans.append(Span(opened, line.end))
    return tuple(spans)


def _is_code(text: str, line: Span, *, quoted: Span) -> bool:
    """Whether a quotation is a string with nothing else in its line but its key and a comma, as in «"note": "Made with AI",».

    In front matter it needs no comma: «imageAlt: "Made with AI"».
    """
    if text[quoted.start] != '"' or quoted.start - line.start > _LONGEST_KEY or line.end - quoted.end > _LONGEST_KEY:
        return False
    before, after = text[line.start : quoted.start], text[quoted.end : line.end]
    closed = _CODE_AFTER.fullmatch(after) is not None
    return _CODE_BEFORE.fullmatch(before) is not None and (
        closed or (not after and (before.rstrip().endswith(('":', "':", "=")) or _KEY_OF_A_TEXT.fullmatch(before) is not None))
    )


def _ends_a_sentence(piece: str, *, end: int, stop: int) -> bool:
    if end >= len(piece) or piece[stop] in f"!?\u2026{_CLOSE_WRITTEN_ENDS}":
        return True
    word_start = (
        max(piece.rfind(" ", max(0, stop - _LONGEST_ABBREVIATION), stop), piece.rfind("(", max(0, stop - _LONGEST_ABBREVIATION), stop)) + 1
    )
    word = piece[word_start : stop + 1]
    initial = len(word) == 2 and word[0].isupper()  # noqa: PLR2004 - a letter and its full stop
    is_number = word.lower() == _NUMBER_FOLLOWS and piece[end].isdecimal()
    return word.lower() not in _NO_SENTENCE_END and not is_number and not initial and not piece[end].islower()
