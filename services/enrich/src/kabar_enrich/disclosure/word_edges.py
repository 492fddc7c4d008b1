"""Where in a pattern words surely begin and end: a word that must be there as a whole is in far fewer texts than its letters.

An edge is a place in a text with nothing of a word on one of its sides, such as its beginning.
"""

import re
from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Final

from kabar_enrich.disclosure.pattern_syntax import OPTIONAL, Unit, alternatives, inside, is_part, literal
from kabar_enrich.disclosure.segments import TOOL_MARKS

_WITHOUT_WIDTH: Final = frozenset({"^", "$", r"\b", r"\B", r"\A", r"\z"})
_WHITE_SPACE: Final = frozenset({r"\s", r"\n", r"\t"})
_CLASS_OUTSIDE_WORDS: Final = re.compile(r"""\[[ .,:;!?()/"'+&=*-]+\]""")


def is_of_a_word(character: str) -> bool:
    """Whether it is a letter, a digit or a mark that stands for one of a tool's name."""
    return character.isalnum() or character in TOOL_MARKS


class Edge(IntEnum):
    """Whether there is an edge at a place of a pattern: surely not, where there is one around the whole pattern, surely."""

    NONE = 0
    AROUND = 1
    SURE = 2


class WordEdges:
    """Says where edges are. `parts` are the named parts that patterns expand with."""

    def __init__(self, parts: Mapping[str, str]) -> None:
        self._parts = parts
        self._known: dict[tuple[str, int], Edge] = {}

    def before(self, cut: Sequence[Unit], index: int) -> Edge:
        """Whether what one of the units in a row matches begins at an edge."""
        return self._behind(cut, range(index - 1, -1, -1))

    def after(self, cut: Sequence[Unit], index: int) -> Edge:
        """Whether what one of the units in a row matches ends at an edge."""
        return self._behind(cut, range(index + 1, len(cut)))

    def forget(self) -> None:
        """Let go of what is known of parts."""
        self._known.clear()

    def _behind(self, cut: Sequence[Unit], places: range) -> Edge:
        """Whether there is an edge on this side of the units in these places, the next of which is named first."""
        most = Edge.SURE
        for place in places:
            unit, quantifier = cut[place]
            told = self._of(unit, step=places.step)
            if told is not Edge.AROUND:
                most = min(most, told)
                if most is Edge.NONE or not quantifier.startswith(OPTIONAL):
                    return most
        return min(most, Edge.AROUND)

    def _of(self, unit: str, *, step: int) -> Edge:
        """What a unit says of an edge behind it (`step` < 0) or before it: `AROUND` where that is as it is on its other side."""
        if unit[0].isalnum():
            return Edge.NONE
        if unit in _WITHOUT_WIDTH:
            return Edge.AROUND
        if unit[0] == "(" or is_part(unit):
            return self._through(unit, step=step)
        letter = literal(unit)
        is_apart = unit.isspace() or unit in _WHITE_SPACE or _CLASS_OUTSIDE_WORDS.fullmatch(unit) is not None
        return Edge.SURE if (is_apart if letter is None else not is_of_a_word(letter)) else Edge.NONE

    def _through(self, unit: str, *, step: int) -> Edge:
        key = unit, step
        if key not in self._known:
            told = Edge.SURE
            for cut in alternatives(inside(unit) if unit[0] == "(" else self._parts[unit[1:-1]]):
                told = min(told, self._behind(cut, range(len(cut))[::step]))
                if told is Edge.NONE:
                    break
            self._known[key] = told
        return self._known[key]
