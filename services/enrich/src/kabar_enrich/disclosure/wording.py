"""Which words a pattern needs: short strings of which a text must hold one, so that one search for all of them rules most patterns out.

`google-re2` has such a filter of its own, but it looks for the words by an automaton whose states say which ones were met
so far; with thousands of words hardly any state serves twice. An Aho-Corasick automaton has one state a prefix.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from ahocorasick_rs import AhoCorasick

from kabar_enrich.disclosure.pattern_syntax import ALTERNATIVE, OPTIONAL, inside, is_part, units
from kabar_enrich.disclosure.rulebook import RuleError

_SHORTEST_BYTES: Final = 2
"""A shorter word is in nearly every text."""
_LOOKED_AT_ONCE: Final = 65_536
"""Code points. A text of nothing but words would else be a list of millions of them."""
_META: Final = ".^$"
_PLAIN: Final = re.compile(r"[^\\\[\](){}?*+.^$]*")
"""Words and nothing else, with the alternatives to them. Most of what patterns are made of is so, and need not be cut into units."""

Words = frozenset[str]


class Wordings:
    """Says which words patterns need. `parts` are the named parts that they expand with."""

    def __init__(self, parts: Mapping[str, str]) -> None:
        self._parts = parts
        self._known: dict[str, Words | None] = {}

    def needed_by(self, pattern: str) -> tuple[Words, ...]:
        """Sets of case-folded words. A text that the pattern matches holds at least one word of each set once it is case-folded, too."""
        cut = list(units(pattern))
        if ALTERNATIVE not in cut:
            return tuple(dict.fromkeys(self._along(cut)))
        words = self._one_of(pattern)
        return () if words is None else (words,)

    def forget(self) -> None:
        """Let go of what is known of parts; what is asked again is worked out again."""
        self._known.clear()

    def _one_of(self, pattern: str) -> Words | None:
        """The words of which each match has one: of each alternative those that say most; None when an alternative needs none."""
        if pattern not in self._known:
            runs = map(_plain_words, pattern.split("|")) if _PLAIN.fullmatch(pattern) else map(self._along, _alternatives(units(pattern)))
            telling = [max(words, key=_tells, default=None) for words in runs]
            known = [words for words in telling if words is not None]
            self._known[pattern] = frozenset().union(*known) if len(known) == len(telling) else None
        return self._known[pattern]

    def _along(self, cut: Iterable[tuple[str, str]]) -> Iterator[Words]:
        """The sets that units in a row need."""
        run = ""
        for unit, quantifier in cut:
            letter = _literal(unit)
            is_needed = not quantifier.startswith(OPTIONAL)
            if letter is not None and is_needed:
                run += letter
            if letter is None or quantifier:
                yield from _words_of(run)
                run = ""
            if letter is None and is_needed:
                words = self._inside(unit)
                if words is not None:
                    yield words
        yield from _words_of(run)

    def _inside(self, unit: str) -> Words | None:
        if unit[0] == "(":
            return self._one_of(inside(unit))
        if not is_part(unit):
            return None
        try:
            return self._one_of(self._parts[unit[1:-1]])
        except RecursionError:
            raise RuleError(f"the part «{unit[1:-1]}» holds itself") from None


class WordSearch:
    """Looks for the words of many patterns at once. `needed` are the sets that each pattern needs."""

    def __init__(self, needed: Iterable[Sequence[Words]]) -> None:
        sets: dict[Words, int] = {}
        self._needed_by: list[frozenset[int]] = []
        self._always: list[int] = []
        self._keyed: dict[int, list[int]] = {}
        """The patterns under the set of theirs that says most: where it is not met, they are not even looked at."""
        for index, each in enumerate(needed):
            self._needed_by.append(frozenset(sets.setdefault(words, len(sets)) for words in each))
            kept = self._keyed.setdefault(sets[max(each, key=_tells)], []) if each else self._always
            kept.append(index)
        numbers: dict[str, list[int]] = {}
        for words, number in sets.items():
            for word in words:
                numbers.setdefault(word, []).append(number)
        self._numbers = [tuple(each) for each in numbers.values()]
        self._longest = max(map(len, numbers), default=0)
        self._automaton = AhoCorasick(list(numbers)) if numbers else None

    def possible(self, words: str) -> list[int]:
        """The patterns of which a text has a word of each set, in their order, given its `distinct_words`."""
        present = set[int]().union(*self._sets_in(words))
        met = (index for number in self._keyed.keys() & present for index in self._keyed[number] if self._needed_by[index] <= present)
        return sorted([*self._always, *met])

    def _sets_in(self, folded: str) -> Iterator[tuple[int, ...]]:
        if self._automaton is None:
            return
        for start in range(0, len(folded), _LOOKED_AT_ONCE):
            piece = folded[start : start + _LOOKED_AT_ONCE + self._longest]
            for word in {found[0] for found in self._automaton.find_matches_as_indexes(piece, overlapping=True)}:
                yield self._numbers[word]


def distinct_words(text: str) -> str:
    """The words of a text, case-folded, each once: no word that a pattern needs has a space in it."""
    return " ".join(set(text.casefold().split()))


def _tells(words: Words) -> tuple[int, int]:
    """How much it rules out that one of these words must be there: long words and few."""
    return min(map(len, words)), -len(words)


def _alternatives(cut: Iterable[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    alternative: list[tuple[str, str]] = []
    for unit in cut:
        if unit == ALTERNATIVE:
            yield alternative
            alternative = []
        else:
            alternative.append(unit)
    yield alternative


def _words_of(run: str) -> Iterator[Words]:
    folded = run.casefold()
    if len(folded.encode()) >= _SHORTEST_BYTES:
        yield frozenset((folded,))


def _plain_words(text: str) -> Iterator[Words]:
    for run in text.split():
        yield from _words_of(run)


def _literal(unit: str) -> str | None:
    """The character that a unit without its quantifier stands for; None of what may stand for several. A space may be any of them."""
    if len(unit) == 1:
        return None if unit in _META or unit.isspace() else unit
    if unit[0] != "\\":
        return None
    if unit[1] == "x":
        return chr(int(unit[2:].strip("{}"), 16))
    return None if unit[1].isalnum() else unit[1]
