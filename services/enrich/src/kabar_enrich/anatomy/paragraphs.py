"""Paragraphs of plain text: where one ends, and whether it reads as prose."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

_BLANK_LINES: Final = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")
_LINE_ENDS: Final = re.compile(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]")
_SPACES: Final = re.compile(r"[^\S\n]+")
_SENTENCE_END: Final = re.compile(r"[.!?…。！？؟।:][\"'”’»)\]]*$|[\"”»]$")  # noqa: RUF001  # full-width marks end Chinese sentences
_UNSPACED: Final = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")

WRAPPED_SHORTEST: Final = 45
WRAPPED_LONGEST: Final = 110
WRAPPED_LINES: Final = 2
"""So many lines must be full for a column to be seen."""
LONGER_THAN_COLUMN: Final = 0.04
"""The share of lines that may be longer: what has no space in it (an address) cannot be wrapped."""
FAR_LONGER: Final = 2
"""A line so many times as long is a paragraph that nobody wrapped."""
RAGGED_LINES: Final = 2
PROSE_WORDS: Final = 6
LONG_PROSE_WORDS: Final = 20
LOWER_CASE_SHARE: Final = 0.35
UNSPACED_PROSE_CHARACTERS: Final = 25
END_CHARACTERS: Final = 16
"""What is looked at of a text that may end a sentence: the mark and more closing marks than anybody sets behind it."""


def paragraphs_of(text: str) -> list[str]:
    """The paragraphs of `text` in order, without surrounding or doubled spaces.

    A line is a paragraph, whether or not blank lines stand between; lines that were wrapped at a column are joined.
    """
    groups = [
        [stripped for line in group.split("\n") if (stripped := _SPACES.sub(" ", line).strip())]
        for group in _BLANK_LINES.split(_LINE_ENDS.sub("\n", text))
    ]
    column = _column_of(groups)
    if column is not None:
        return [paragraph for group in groups for paragraph in _joined(group, column=column)]
    return [paragraph for group in groups for paragraph in _joined(group, column=_column_of([group]))]


def _column_of(groups: Sequence[Sequence[str]]) -> int | None:
    """The column at which the lines of `groups` were wrapped, in characters of single width; None where they were not.

    A wrapped line is full: the first word of the next one would not have fitted. Most full lines stop within a sentence.
    """
    if sum(len(group) - 1 for group in groups if group) < WRAPPED_LINES:
        # Told without measuring: nearly every article has a blank line between its paragraphs.
        return None
    widths = sorted(width_of(line) for group in groups for line in group if " " in line or _UNSPACED.search(line))
    if not widths:
        return None
    column = widths[-1 - int(LONGER_THAN_COLUMN * len(widths))]
    if not WRAPPED_SHORTEST <= column <= WRAPPED_LONGEST or widths[-1] > FAR_LONGER * column:
        return None
    full = [line for group in groups for line, following in pairwise(group) if _is_full(line, following, column=column)]
    if len(full) < WRAPPED_LINES or sum(map(ends_sentence, full)) * 2 >= len(full):
        return None
    return column


def _is_full(line: str, following: str, *, column: int) -> bool:
    width = width_of(line)
    if width > column:
        return False
    return width >= column - 2 if _UNSPACED.match(following) else width + 1 + width_of(following.split(" ", 1)[0]) > column


def _joined(lines: Sequence[str], *, column: int | None) -> list[str]:
    """The paragraphs in lines that were wrapped at `column`."""
    if column is None:
        return [" ".join(lines)] if _is_ragged(lines) else list(lines)
    found: list[list[str]] = []
    previous = ""
    for line in lines:
        if previous and _is_full(previous, line, column=column):
            found[-1].append(("" if _UNSPACED.match(line) and _UNSPACED.match(previous[-1]) else " ") + line)
        else:
            found.append([line])
        previous = line
    return ["".join(pieces) for pieces in found]


def _is_ragged(lines: Sequence[str]) -> bool:
    """Whether lines between two blank ones are one paragraph that was broken by hand or at no fixed column."""
    inner = lines[:-1]
    if len(inner) < RAGGED_LINES or not all(WRAPPED_SHORTEST <= len(line) <= WRAPPED_LONGEST for line in inner):
        return False
    return sum(ends_sentence(line) for line in inner) * 2 < len(inner)


def width_of(text: str) -> int:
    """Columns that `text` takes where each character has a fixed width: two for those of East Asia."""
    return len(text) if text.isascii() else len(text) + sum(unicodedata.east_asian_width(character) in "WF" for character in text)


def ends_sentence(text: str) -> bool:
    """Whether `text` stops where a sentence may stop."""
    return _SENTENCE_END.search(text, max(0, len(text) - END_CHARACTERS)) is not None


def is_prose(text: str) -> bool:
    """Whether `text` reads as running text and not as a label, a headline or a menu."""
    words = text.split()
    if len(words) < PROSE_WORDS:
        return len(text) >= UNSPACED_PROSE_CHARACTERS and ends_sentence(text) and len(_UNSPACED.findall(text)) * 2 > len(text)
    if not ends_sentence(text) and len(words) < LONG_PROSE_WORDS:
        return False
    cased = [letter for letter in (word[0] for word in words) if letter.isalpha()]
    if not cased:
        return False
    capitalised = sum(map(str.isupper, cased))
    return capitalised <= (1 - LOWER_CASE_SHARE) * len(cased)
