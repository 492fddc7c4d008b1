"""Patterns that are all tried on a text together, in linear time."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, Final

import re2  # type: ignore[import-untyped]  # ships no types

from kabar_enrich.disclosure.gates import Gatekeeper
from kabar_enrich.disclosure.rulebook import RuleError, expand
from kabar_enrich.disclosure.segments import CREDITED_TOOL, TOOL_CALLED_LIKE_A_PERSON

_MEMORY_BYTES: Final = 128 * 1024 * 1024
"""What an automaton may grow to. On real pages those of 22 languages take 60 MB together; with 16 MB each they were thrown away and built
anew all the time, which cost twelve times as much as the search."""
_COMPILED: Final = 256
"""Patterns that a process keeps ready by themselves. Most are never needed."""
_MATCHES_A_PATTERN: Final = 200
"""Matches of one pattern in one article that are looked at."""
_SHOWN: Final = 120
_TOOL_MARKS: Final = CREDITED_TOOL + TOOL_CALLED_LIKE_A_PERSON


class PatternSet:
    """Patterns of which one pass over a text says which of them can be in it. They are compiled when they are first needed.

    `named` are patterns with the name of what they belong to. Raises RuleError when one names a part that is not there.
    """

    def __init__(self, named: Sequence[tuple[str, str]], *, parts: Mapping[str, str], gatekeeper: Gatekeeper, spaced: bool) -> None:
        self._named = named
        self._parts = parts
        self._gatekeeper = gatekeeper
        self._spaced = spaced
        self._patterns = [expand(pattern, parts=parts, where=name) for name, pattern in named]

    def check(self) -> None:
        """Raise RuleError for a pattern that RE2 does not take."""
        # A set only parses what is added to it, which takes a tenth of the time of compiling it.
        parsed = re2.Set.SearchSet(options())
        for (name, _), pattern in zip(self._named, self._patterns, strict=True):
            try:
                parsed.Add(f"(?i){pattern}")
            except re2.error:
                raise RuleError(f"{name}: {_fault_of(pattern)}") from None

    def indices(self, text: str) -> list[int]:
        """Which patterns may occur in the text, in their order."""
        gate_set, needed_by = self._ready
        present = frozenset(() if gate_set is None else gate_set.Match(text) or ())
        return [index for index, needed in enumerate(needed_by) if needed <= present]

    def matches(self, text: str, *, index: int) -> Iterator[Any]:
        """The matches of one pattern within a paragraph, whole words only."""
        for count, found in enumerate(compiled(self._patterns[index]).finditer(text)):
            if count >= _MATCHES_A_PATTERN:
                return
            if "\n\n" in found.group():
                continue
            if not self._spaced or _is_of_whole_words(text, start=found.start(), end=found.end()):
                yield found

    def occurs_in(self, text: str) -> bool:
        """Whether any of the patterns matches."""
        return any(True for index in self.indices(text) for _ in self.matches(text, index=index))

    def unmet(self, text: str, *, index: int) -> tuple[list[str], list[str]]:
        """What one pattern needs, as it is written in its file: what is in the text, and what is not."""
        name, pattern = self._named[index]
        met: list[str] = []
        lacking: list[str] = []
        for gate in (gate for gate in self._gatekeeper.gates_of(pattern) if gate.strip()):
            found = compiled(expand(gate, parts=self._parts, where=name)).search(text)
            (lacking if found is None else met).append(gate.strip())
        return met, lacking

    @cached_property
    def _ready(self) -> tuple[Any, Sequence[frozenset[int]]]:
        """The set of what the patterns need, and for each of them the numbers of what it needs."""
        numbers: dict[str, int] = {}
        needed_by = []
        gate_set = re2.Set.SearchSet(options())
        for name, pattern in self._named:
            gates = self._gatekeeper.gates_of(pattern)
            for gate in gates:
                if gate not in numbers:
                    numbers[gate] = gate_set.Add(f"(?i){expand(gate, parts=self._parts, where=name)}")
            needed_by.append(frozenset(numbers[gate] for gate in gates))
        if numbers:
            gate_set.Compile()
        return (gate_set if numbers else None), needed_by


@lru_cache(maxsize=_COMPILED)
def compiled(pattern: str) -> Any:
    """The pattern by itself, of any case."""
    return re2.compile(f"(?i){pattern}", options())


def _fault_of(pattern: str) -> str:
    """Why RE2 does not take this pattern; a set does not tell."""
    try:
        compiled(pattern)
    except re2.error as fault:
        return bytes(fault.args[0]).decode(errors="replace")[:_SHOWN]
    return "there are too many patterns"


def options() -> Any:
    """How every pattern is compiled."""
    chosen = re2.Options()
    chosen.max_mem = _MEMORY_BYTES
    chosen.log_errors = False
    # The longest of several alternatives, so that «report» does not hide «reporting».
    chosen.longest_match = True
    return chosen


def _is_of_whole_words(text: str, *, start: int, end: int) -> bool:
    if start > 0 and _is_of_a_word(text[start]) and _is_of_a_word(text[start - 1]):
        return False
    return not (end < len(text) and _is_of_a_word(text[end - 1]) and _is_of_a_word(text[end]))


def _is_of_a_word(character: str) -> bool:
    return character.isalnum() or character in _TOOL_MARKS
