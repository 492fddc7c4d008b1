"""How common the words of a language are (wordfreq), held in a fraction of the memory that a dictionary of them takes.

Source: the small lists of wordfreq (Speer, CC BY-SA), read without its tokenisers, some of which need more packages.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

LONGEST_BYTES: Final = 60
"""A longer word of UTF-8 is in hardly any list, and every word takes as much memory as the longest."""


class WordShares:
    """Words in order and beside each its share of all words of its language."""

    def __init__(self, shares: Iterable[tuple[str, float]]) -> None:
        import numpy as np  # noqa: PLC0415  # ten megabytes, for those who read articles alone

        self._np = np
        encoded = sorted((bytes_of, share) for word, share in shares if len(bytes_of := word.encode()) <= LONGEST_BYTES)
        self._words = np.array([word for word, _ in encoded], dtype=bytes)
        self._shares = np.array([share for _, share in encoded])

    def of(self, words: Sequence[str]) -> list[float]:
        """The share of each of these words; 0 for one that the list does not have."""
        if not words or not len(self._words):
            return [0.0] * len(words)
        asked = self._np.array([word.encode() for word in words], dtype=bytes)
        places = self._np.minimum(self._words.searchsorted(asked), len(self._words) - 1)
        found: list[float] = self._np.where(self._words[places] == asked, self._shares[places], 0.0).tolist()
        return found


@cache
def word_shares(language: str) -> WordShares:
    """The words of a language by its two letters; none for a language without a list."""
    import wordfreq  # noqa: PLC0415  # a third of a second to load

    lists = wordfreq.available_languages("small")
    # Not `get_frequency_dict`, which keeps what it has read.
    ranked = wordfreq.read_cBpack(lists[language]) if language in lists else []
    return WordShares((word, wordfreq.cB_to_freq(-index)) for index, words in enumerate(ranked) for word in words)
