"""Paragraphs of plain text: where one ends, and whether it reads as prose."""

import re
from typing import Final

_BLANK_LINES: Final = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")
_LINE_ENDS: Final = re.compile(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]")
_SPACES: Final = re.compile(r"[^\S\n]+")
_SENTENCE_END: Final = re.compile(r"[.!?…。！？؟।:][\"'”’»)\]]*$|[\"”»]$")  # noqa: RUF001  # full-width marks end Chinese sentences
_UNSPACED: Final = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")

WRAPPED_LINES: Final = 3
WRAPPED_SHORTEST: Final = 45
WRAPPED_LONGEST: Final = 110
PROSE_WORDS: Final = 6
LONG_PROSE_WORDS: Final = 20
LOWER_CASE_SHARE: Final = 0.35
UNSPACED_PROSE_CHARACTERS: Final = 25


def paragraphs_of(text: str) -> list[str]:
    """The paragraphs of `text` in order, without surrounding or doubled spaces.

    A line is a paragraph, whether or not blank lines stand between; lines that were wrapped at a column are joined.
    """
    found: list[str] = []
    for group in _BLANK_LINES.split(_LINE_ENDS.sub("\n", text)):
        lines = [stripped for line in group.split("\n") if (stripped := _SPACES.sub(" ", line).strip())]
        if _is_wrapped(lines):
            found.append(" ".join(lines))
        else:
            found.extend(lines)
    return found


def _is_wrapped(lines: list[str]) -> bool:
    if len(lines) < WRAPPED_LINES:
        return False
    inner = lines[:-1]
    if not all(WRAPPED_SHORTEST <= len(line) <= WRAPPED_LONGEST for line in inner):
        return False
    return sum(ends_sentence(line) for line in inner) * 2 < len(inner)


def ends_sentence(text: str) -> bool:
    """Whether `text` stops where a sentence may stop."""
    return _SENTENCE_END.search(text) is not None


def is_prose(text: str) -> bool:
    """Whether `text` reads as running text and not as a label, a headline or a menu."""
    words = text.split()
    if len(words) < PROSE_WORDS:
        return len(text) >= UNSPACED_PROSE_CHARACTERS and ends_sentence(text) and len(_UNSPACED.findall(text)) * 2 > len(text)
    if not ends_sentence(text) and len(words) < LONG_PROSE_WORDS:
        return False
    cased = [word for word in words if word[0].isalpha()]
    if not cased:
        return False
    capitalised = sum(word[0].isupper() for word in cased)
    return capitalised <= (1 - LOWER_CASE_SHARE) * len(cased)
