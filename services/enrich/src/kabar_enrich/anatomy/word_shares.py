"""How common the words of a language are (wordfreq), held in a small fraction of the memory that a dictionary of them takes.

Source: the small lists of wordfreq (Speer, CC BY-SA), read without loading the package: its tokenisers take five megabytes and
half a second. A list (`wordfreq.read_cBpack`) is gzipped MessagePack: a header, then the words that make up a share of
10 ** (-n / 100) of all words, for n = 0, 1, 2 and so on.
"""

import gzip
from collections.abc import Sequence
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Any


class WordShares:
    """Words by their hashes in order, and beside each how rare it is. Of a language's 30,000 words two share one of 2^64 hashes never."""

    def __init__(self, ranked: Sequence[Sequence[str]], shares: Sequence[float]) -> None:
        """`ranked` are words by how rare they are, `shares` what each of those ranks has of all words."""
        import numpy as np  # noqa: PLC0415  # ten megabytes, for those who read articles alone

        self._np = np
        hashes = np.fromiter((hash(word) for words in ranked for word in words), dtype=np.int64)
        ranks = np.repeat(np.arange(len(ranked), dtype=np.uint16), [len(words) for words in ranked])
        order = np.argsort(hashes)
        self._hashes, self._ranks = hashes[order], ranks[order]
        self._shares = np.array(shares)

    def of(self, words: Sequence[str]) -> list[float]:
        """The share of each of these words; 0 for one that the list does not have."""
        if not words or not len(self._hashes):
            return [0.0] * len(words)
        asked = self._np.fromiter(map(hash, words), dtype=self._np.int64, count=len(words))
        places = self._np.minimum(self._hashes.searchsorted(asked), len(self._hashes) - 1)
        is_there = self._hashes[places] == asked
        found: list[float] = self._np.where(is_there, self._shares[self._ranks[places]], 0.0).tolist()
        return found


@cache
def word_shares(language: str) -> WordShares:
    """The words of a language by its two or three letters; none for a language without a list."""
    ranked = _ranked_words(language)
    return WordShares(ranked, [10 ** (-rank / 100) for rank in range(len(ranked))])


def _ranked_words(language: str) -> Sequence[Sequence[str]]:
    import msgpack  # type: ignore[import-untyped]  # noqa: PLC0415  # for those who read articles alone

    path = Path(str(distribution("wordfreq").locate_file(f"wordfreq/data/small_{language}.msgpack.gz")))
    if not language.isalpha() or not path.is_file():
        return []
    with gzip.open(path) as packed:
        lists: list[Any] = msgpack.load(packed)
    return lists[1:]
