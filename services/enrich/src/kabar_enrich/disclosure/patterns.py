"""Patterns that are all tried on a text together, in linear time."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property, lru_cache, partial
from itertools import groupby
from sys import intern
from typing import Any, Final, Generic, TypeVar

import re2  # type: ignore[import-untyped]  # ships no types

from kabar_enrich.disclosure.gates import Gatekeeper
from kabar_enrich.disclosure.rulebook import RuleError, expand
from kabar_enrich.disclosure.word_edges import is_of_a_word
from kabar_enrich.disclosure.wording import Words, WordSearch, distinct_words

Group = TypeVar("Group")

_MEMORY_BYTES: Final = 32 * 1024 * 1024
"""What the automaton of one pattern may grow to before it is thrown away and built anew; hardly any comes near."""
_READY: Final = 192
"""Patterns of rules that a process keeps ready. One takes a quarter of a megabyte, and as long to make as an article to read."""
_LOCATED: Final = 64
"""Those of them that say where they match: three times the memory."""
_LOCATED_BYTES: Final = 2 * 1024 * 1024
"""What one of these and its automata may grow to over thousands of articles; what they look at is short."""
_OTHERS: Final = 160
"""Patterns kept ready of what is no rule, such as the mentions of each language."""
_GATES: Final = 960
"""Pieces that patterns need, ready to be looked for: those of the languages that articles come in lately."""
_GATE_MEMORY_BYTES: Final = (128 * 1024, 512 * 1024, 2 * 1024 * 1024)
"""What the automaton of one such piece may grow to: the least of these with which it can be built. Hundreds are ready at once."""
_FIRST_LOOK_BYTES: Final = 16_384
_LONGER_LOOK: Final = 16
"""How much more of a long text is given to a piece that was not met yet."""
_SMALL_PART: Final = 8
"""A look at more than this part of a text is a look at all of it."""
_MATCHES_A_PATTERN: Final = 100
"""Matches of one pattern in one article that are looked at."""
_SECOND_LOOKS: Final = 10
"""Matches of one pattern that are none after all and behind whose beginning another one is looked for."""
_PROBE: Final = "\ufdd2\ufdd3"
"""Noncharacters, which no text has."""
_SHOWN: Final = 120


class PatternSet:
    """Patterns that are tried only on a text that has the pieces they need. Patterns and pieces are compiled when they are first needed.

    `named` are patterns with the name of what they belong to. Only those that were needed lately are kept with their parts put in:
    that makes a pattern some fifty times as long.
    """

    def __init__(self, named: Sequence[tuple[str, str]], *, parts: Mapping[str, str], gatekeeper: Gatekeeper) -> None:
        self._named = named
        self._parts = parts
        self._gatekeeper = gatekeeper
        self._gates: dict[int, Sequence[str]] = {}

    def check(self) -> None:
        """Raise RuleError for a pattern that RE2 does not take or that names a part that is not there."""
        # A set only parses what is added to it, which takes a tenth of the time of compiling it.
        parsed = re2.Set.SearchSet(options())
        for index, (name, _) in enumerate(self._named):
            pattern = self.pattern(index)
            try:
                parsed.Add(f"(?i){pattern}")
            except re2.error:
                raise RuleError(f"{name}: {_fault_of(pattern)}") from None

    def needed_words(self) -> Iterator[Sequence[Words]]:
        """The sets of words that each pattern needs, in their order."""
        return (self._gatekeeper.words_of(pattern) for _, pattern in self._named)

    def indices(self, text: str) -> list[int]:
        """Which patterns are in the text, whole words or not, in their order."""
        return list(self.among(self.possible(text), encoded=text.encode()))

    def possible(self, text: str) -> list[int]:
        """Which patterns have the words that they need in the text, in their order."""
        return self._words.possible(distinct_words(text))

    def among(self, indices: Iterable[int], *, encoded: bytes) -> Iterator[int]:
        """Those of the patterns that are in a text in UTF-8: first all the pieces that they need are looked for."""
        # One automaton for all pieces is no way: its states hold which of them were found so far, so that hardly any serves twice.
        known: dict[str, bool] = {}

        def is_there(piece: str) -> bool:
            if piece not in known:
                known[piece] = _is_in(encoded, search=_gate(self._gatekeeper, piece))
            return known[piece]

        return (index for index in indices if all(map(is_there, self._gates_of(index))) and _ready(self, index).is_in(encoded))

    def matches(self, text: str, *, index: int) -> Iterator[Any]:
        """The matches of one pattern within a paragraph, whole words only."""
        pattern = _ready(self, index).located
        candidates, second_looks = pattern.finditer(text), _SECOND_LOOKS
        for _ in range(_MATCHES_A_PATTERN):
            found = next(candidates, None)
            if found is None:
                return
            if self._is_a_match(found, text=text):
                yield found
            elif second_looks:
                # «ce» of «Transparence» and «This» of the next paragraph would else hide that «This article» begins there.
                candidates, second_looks = pattern.finditer(text, found.start() + 1), second_looks - 1

    def _is_a_match(self, found: Any, *, text: str) -> bool:
        return "\n\n" not in found.group() and (
            not self._gatekeeper.spaced or _is_of_whole_words(text, start=found.start(), end=found.end())
        )

    def occurs_in(self, text: str) -> bool:
        """Whether any of the patterns matches."""
        return self.matches_any(self.possible(text), text=text)

    def matches_any(self, indices: Sequence[int], *, text: str) -> bool:
        """Whether any of these patterns, which are possible, matches."""
        if not indices:
            return False
        return any(True for index in self.among(indices, encoded=text.encode()) for _ in self.matches(text, index=index))

    def unmet(self, text: str, *, index: int) -> tuple[list[str], list[str]]:
        """What one pattern needs, as it is written in its file: what is in the text, and what is not."""
        name, pattern = self._named[index]
        met: list[str] = []
        lacking: list[str] = []
        for gate in (gate for gate in self._gatekeeper.gates_of(pattern) if gate.strip()):
            found = compiled(expand(gate, parts=self._parts, where=name)).search(text)
            (lacking if found is None else met).append(gate.strip())
        return met, lacking

    def pattern(self, index: int) -> str:
        """One pattern with its parts put in. Raises RuleError when it names a part that is not there."""
        name, pattern = self._named[index]
        return expand(pattern, parts=self._parts, where=name)

    @cached_property
    def _words(self) -> WordSearch:
        return WordSearch(self.needed_words())

    def _gates_of(self, index: int) -> Sequence[str]:
        """The pieces that a pattern needs, as they are written, which are told when its words were first met."""
        if index not in self._gates:
            # Many patterns need the same pieces: each is in memory once.
            self._gates[index] = tuple(map(intern, self._gatekeeper.gates_of(self._named[index][1])))
        return self._gates[index]


class PatternGroups(Generic[Group]):
    """Patterns in groups. The words of all groups are looked for at once, which takes hardly longer than those of one."""

    def __init__(self, patterns: PatternSet, group_of: Sequence[Group]) -> None:
        """`group_of` is the group of each pattern; patterns of one group follow each other."""
        self._patterns = patterns
        self._group_of = group_of

    def check(self) -> None:
        """Raise RuleError for a pattern that RE2 does not take or that names a part that is not there."""
        self._patterns.check()

    def possible(self, text: str) -> Iterator[tuple[Group, Callable[[], bool]]]:
        """The groups that may be in the text, in order, each with what tells whether one of its patterns matches."""
        for group, indices in groupby(self._patterns.possible(text), key=self._group_of.__getitem__):
            yield group, partial(self._patterns.matches_any, list(indices), text=text)

    def met(self, text: str) -> Iterator[Group]:
        """The groups of which a pattern matches, in order."""
        return (group for group, matches in self.possible(text) if matches())


def _is_in(encoded: bytes, *, search: Any) -> bool:
    """Whether a text has it. A set goes on to the end of what it is given, so that a long text is given from its beginning on."""
    size = _FIRST_LOOK_BYTES
    while _SMALL_PART * size < len(encoded):
        if search.Match(encoded[:size]):
            return True
        size *= _LONGER_LOOK
    return bool(search.Match(encoded))


@lru_cache(maxsize=_GATES)
def _gate(gatekeeper: Gatekeeper, piece: str) -> Any:
    return set_of_one(gatekeeper.expanded(piece), memory_bytes=_GATE_MEMORY_BYTES)


class _Ready:
    """A pattern made ready: to say whether it is in a text, and once it was, where."""

    def __init__(self, patterns: PatternSet, index: int) -> None:
        self._patterns, self._index = patterns, index
        self._search: Any = None
        self._located: Any = None

    def is_in(self, encoded: bytes) -> bool:
        """Whether a text in UTF-8 has it."""
        if self._located is not None:
            return self._located.search(encoded) is not None
        if self._search is None:
            self._search = set_of_one(self._patterns.pattern(self._index), memory_bytes=(_MEMORY_BYTES,))
        return _is_in(encoded, search=self._search)

    @property
    def located(self) -> Any:
        """The pattern that says where it matches; it says whether from then on, so that only one of both is kept."""
        if self._located is None:
            self._located, self._search = _made(self._patterns.pattern(self._index), memory_bytes=_LOCATED_BYTES), None
        _LOCATED_LATELY[self] = None
        _LOCATED_LATELY.move_to_end(self)
        if len(_LOCATED_LATELY) > _LOCATED:
            _LOCATED_LATELY.popitem(last=False)[0].forget_where()
        return self._located

    def forget_where(self) -> None:
        """Take the memory of that back: whether it is there is made ready anew when somebody asks."""
        self._located = None


_LOCATED_LATELY: Final[OrderedDict[_Ready, None]] = OrderedDict()
"""Those that say where they match, the one that was asked last at the end."""


@lru_cache(maxsize=_READY)
def _ready(patterns: PatternSet, index: int) -> _Ready:
    return _Ready(patterns, index)


def set_of_one(pattern: str, *, memory_bytes: Sequence[int]) -> Any:
    """The pattern as a set of one, which says whether it is there and spends nothing on where.

    Its automaton may grow to the first of these sizes that is enough for it. Raises RuleError when none is.
    """
    for size in memory_bytes:
        made = re2.Set.SearchSet(options(memory_bytes=size))
        made.Add(f"(?i){pattern}")
        # A set whose automaton has no room says of every text that nothing is there, and says it of this one as well.
        made.Add(_PROBE)
        with suppress(re2.error):
            made.Compile()
            if made.Match(_PROBE):
                return made
    raise RuleError(f"the pattern needs more than {memory_bytes[-1]} bytes: {pattern[:_SHOWN]}")


def is_met(pattern: str, *, encoded: bytes) -> bool:
    """Whether a pattern that is no rule's is in a text in UTF-8, whole words or not."""
    return _is_in(encoded, search=_met(pattern))


@lru_cache(maxsize=_OTHERS)
def _met(pattern: str) -> Any:
    return set_of_one(pattern, memory_bytes=(_MEMORY_BYTES,))


@lru_cache(maxsize=_OTHERS)
def compiled(pattern: str) -> Any:
    """The pattern by itself, of any case."""
    return _made(pattern)


def _made(pattern: str, *, memory_bytes: int = _MEMORY_BYTES) -> Any:
    made = re2.compile(f"(?i){pattern}", options(memory_bytes=memory_bytes))
    # The package keeps what it made last as well: it would stay in memory when it is thrown away here.
    re2.purge()
    return made


def _fault_of(pattern: str) -> str:
    """Why RE2 does not take this pattern; a set does not tell."""
    try:
        compiled(pattern)
    except re2.error as fault:
        return bytes(fault.args[0]).decode(errors="replace")[:_SHOWN]
    return "there are too many patterns"


def options(*, memory_bytes: int = _MEMORY_BYTES) -> Any:
    """How every pattern is compiled."""
    chosen = re2.Options()
    chosen.max_mem = memory_bytes
    chosen.log_errors = False
    # The longest of several alternatives, so that «report» does not hide «reporting».
    chosen.longest_match = True
    return chosen


def _is_of_whole_words(text: str, *, start: int, end: int) -> bool:
    if start > 0 and is_of_a_word(text[start]) and is_of_a_word(text[start - 1]):
        return False
    return not (end < len(text) and is_of_a_word(text[end - 1]) and is_of_a_word(text[end]))
