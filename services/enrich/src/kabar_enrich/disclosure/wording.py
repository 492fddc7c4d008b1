"""Which words a pattern needs: short strings of which a text must hold one, so that one search for all of them rules most patterns out.

`google-re2` has such a filter of its own, but it looks for the words by an automaton whose states say which ones were met
so far; with thousands of words hardly any state serves twice. An Aho-Corasick automaton has one state a prefix.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from ahocorasick_rs import AhoCorasick

from kabar_enrich.disclosure.pattern_syntax import ALTERNATIVE, OPTIONAL, Unit, alternatives, inside, is_part, literal, units
from kabar_enrich.disclosure.rulebook import RuleError
from kabar_enrich.disclosure.segments import TOOL_MARKS
from kabar_enrich.disclosure.word_edges import Edge, WordEdges

_SHORTEST_BYTES: Final = 2
"""A shorter word is in nearly every text."""
_LOOKED_AT_ONCE: Final = 65_536
"""Code points. A text of nothing but words would else be a list of millions of them."""
_PLAIN: Final = re.compile(r"[^\\\[\](){}?*+.^$]*")
"""Words and nothing else, with the alternatives to them. Most of what patterns are made of is so, and need not be cut into units."""
_WORD: Final = re.compile(rf"[\w{TOOL_MARKS}]+")

_OPENING: Final = {Edge.NONE: "", Edge.AROUND: "\1", Edge.SURE: " "}
_CLOSING: Final = {Edge.NONE: "", Edge.AROUND: "\2", Edge.SURE: " "}
"""What stands before and behind a word with such an edge there."""
_ENDS: Final = " \1\2"

Words = frozenset[str]
"""Case-folded, with a space at an end where the word itself must begin or end."""


class Wordings:
    """Says which words patterns need. `parts` are the named parts that they expand with.

    With `spaced`, a match begins and ends with whole words.
    """

    def __init__(self, parts: Mapping[str, str], *, spaced: bool) -> None:
        self._parts = parts
        self._around = Edge.SURE if spaced else Edge.NONE
        self._edges = WordEdges(parts)
        self._known: dict[str, Words | None] = {}
        self._placed: dict[tuple[Words, Edge, Edge], Words] = {}

    def needed_by(self, pattern: str) -> tuple[Words, ...]:
        """Sets of words. The `distinct_words` of a text that the pattern matches hold at least one word of each set."""
        cut = list(units(pattern))
        needed = filter(None, [self._one_of(pattern)]) if ALTERNATIVE in cut else self._along(cut)
        return tuple(dict.fromkeys(self._between(words, opens=self._around, closes=self._around) for words in needed))

    def forget(self) -> None:
        """Let go of what is known of parts; what is asked again is worked out again."""
        self._known.clear()
        self._placed.clear()
        self._edges.forget()

    def _one_of(self, pattern: str) -> Words | None:
        """The words of which each match has one: of each alternative those that say most; None when an alternative needs none.

        At their ends stands whether they are at an edge if there is one around the pattern.
        """
        if pattern not in self._known:
            runs = map(_plain_words, pattern.split("|")) if _PLAIN.fullmatch(pattern) else map(self._along, alternatives(pattern))
            telling = [max(words, key=_tells, default=None) for words in runs]
            known = [words for words in telling if words is not None]
            self._known[pattern] = frozenset().union(*known) if len(known) == len(telling) else None
        return self._known[pattern]

    def _along(self, cut: Sequence[Unit]) -> Iterator[Words]:
        """The sets that units in a row need."""
        run, opens = "", Edge.NONE
        for index, (unit, quantifier) in enumerate(cut):
            is_needed = not quantifier.startswith(OPTIONAL)
            letters = literal(unit) if is_needed else None
            if letters is not None:
                opens = opens if run else self._edges.before(cut, index)
                run += letters
            if run and (letters is None or quantifier):
                yield from _words_of(run, opens=opens, closes=self._closing(cut, index - (letters is None)))
                run = ""
            if letters is None and is_needed and (words := self._inside(unit)) is not None:
                yield self._between(words, opens=self._edges.before(cut, index), closes=self._closing(cut, index))
        if run:
            yield from _words_of(run, opens=opens, closes=self._closing(cut, len(cut) - 1))

    def _between(self, words: Words, *, opens: Edge, closes: Edge) -> Words:
        """Words that are known but for what is around them, between these edges."""
        if opens is closes is Edge.AROUND:
            return words
        key = words, opens, closes
        if key not in self._placed:
            # Of all at once: there are tens of thousands.
            placed = "\n".join(words).replace(_OPENING[Edge.AROUND], _OPENING[opens]).replace(_CLOSING[Edge.AROUND], _CLOSING[closes])
            self._placed[key] = frozenset(placed.split("\n"))
        return self._placed[key]

    def _closing(self, cut: Sequence[Unit], index: int) -> Edge:
        """Whether a word at the end of a unit ends there; of one that may be repeated nothing is known."""
        return Edge.NONE if cut[index][1] else self._edges.after(cut, index)

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
    """The words of a text, case-folded, each once and between spaces: no word that a pattern needs has a space within it."""
    folded = text.casefold()
    words = set(_WORD.findall(folded.replace("_", " ")))
    words.update(token for token in folded.split() if not token.isalnum())
    return f" {' '.join(words)} "


def _tells(words: Words) -> tuple[int, int]:
    """How much it rules out that one of these words must be there: long words and few."""
    return min([len(word.strip(_ENDS)) for word in words]), -len(words)


def _words_of(run: str, *, opens: Edge, closes: Edge) -> Iterator[Words]:
    """The sets that characters in a row need: all of them together, and the words among them.

    Only of words it is told where they begin and end; «a.i.» and «it's» are looked for wherever they stand.
    """
    folded = run.casefold()
    if len(folded.encode()) < _SHORTEST_BYTES:
        return
    if folded.isalnum():
        yield _one_word(folded, opens=opens, closes=closes)
        return
    yield frozenset((folded,))
    for word in _WORD.finditer(folded.replace("_", " ")):
        if len(word[0]) > 1:
            yield _one_word(
                word[0],
                opens=Edge.SURE if word.start() > 0 else opens,
                closes=Edge.SURE if word.end() < len(folded) else closes,
            )


def _one_word(word: str, *, opens: Edge, closes: Edge) -> Words:
    return frozenset((f"{_OPENING[opens]}{word}{_CLOSING[closes]}",))


def _plain_words(text: str) -> Iterator[Words]:
    """The sets that a text without units that stand for several characters needs."""
    tokens = text.split()
    opens = Edge.SURE if text[:1].isspace() else Edge.AROUND
    for token in tokens[:-1]:
        yield from _words_of(token, opens=opens, closes=Edge.SURE)
        opens = Edge.SURE
    for token in tokens[-1:]:
        yield from _words_of(token, opens=opens, closes=Edge.SURE if text[-1].isspace() else Edge.AROUND)
