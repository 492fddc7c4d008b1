"""Which of the quotes found are quotes marked: same words, same speaker."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kabar_contracts.enriched import Quote

WORD: Final = re.compile(r"\w+")
SHORTEST_QUOTE_IN_WORDS: Final = 4
LEAST_OVERLAP: Final = 0.8


@dataclass(frozen=True, slots=True)
class MarkedQuote:
    """Direct speech that a reader marked. `speakers` are the names accepted, fullest first; None accepts no speaker."""

    text: str
    speakers: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class QuoteCount:
    """How many quotes were found, marked, alike in words, and alike in words and speaker."""

    found: int
    marked: int
    same_words: int
    right: int
    faults: tuple[str, ...]


def words_of(text: str) -> list[str]:
    """The words of `text`, folded, without punctuation."""
    return WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def folded(name: str | None) -> str | None:
    """`name` for comparison; None when there is none."""
    return None if name is None else " ".join(words_of(name))


def overlap(one: str, other: str) -> float:
    """Dice overlap of two texts' words, 0 to 1."""
    first, second = Counter(words_of(one)), Counter(words_of(other))
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else 0.0


def count_quotes(found: Sequence[Quote], marked: Sequence[MarkedQuote]) -> QuoteCount:
    """Matches each marked quote with the likest quote found that no other has taken. Found ones under four words do not count."""
    left = [quote for quote in found if len(words_of(quote.text)) >= SHORTEST_QUOTE_IN_WORDS]
    number_found = len(left)
    same_words = right = 0
    faults: list[str] = []
    for mark in marked:
        likest = max(left, key=lambda quote: overlap(quote.text, mark.text), default=None)
        if likest is None or overlap(likest.text, mark.text) < LEAST_OVERLAP:
            faults.append(f"not found: {mark.text[:50]!r}")
            continue
        left.remove(likest)
        same_words += 1
        if folded(likest.speaker) in {folded(name) for name in mark.speakers}:
            right += 1
        else:
            faults.append(f"speaker {likest.speaker!r}, not {mark.speakers[0]!r}: {mark.text[:40]!r}")
    faults.extend(f"no quote: {quote.text[:50]!r}" for quote in left)
    return QuoteCount(number_found, len(marked), same_words, right, tuple(faults))
