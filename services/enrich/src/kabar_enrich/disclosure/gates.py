"""What a pattern needs: the pieces of a text without which it cannot match.

Patterns of one language are made of the same few parts, so that all of them together need little more than those parts. To look
for what they need, each piece once, is far cheaper than to look for the patterns; those are tried where all that they need is there.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from kabar_enrich.disclosure.pattern_syntax import ALTERNATIVE, OPTIONAL, inside, is_part, units
from kabar_enrich.disclosure.rulebook import RuleError, expand
from kabar_enrich.disclosure.wording import Wordings, Words

LONGEST_JOINED: Final = 300
"""Code points of a pattern, parts put in, up to which neighbouring pieces are looked for as one."""
LONGEST_GATE: Final = 3_000
"""A longer piece is not looked for: finding it would cost as much as the pattern."""


class Gatekeeper:
    """Says what the patterns of a language need. `parts` are its named parts; every pattern expands with them."""

    def __init__(self, parts: Mapping[str, str]) -> None:
        self._parts = parts
        self._wordings = Wordings(parts)
        self._measured: dict[str, tuple[int, int]] = {}

    def gates_of(self, pattern: str) -> tuple[str, ...]:
        """The pieces of a pattern that are in every text it matches, none of them empty; none when it has no such piece."""
        cut = list(units(pattern))
        if ALTERNATIVE in cut:
            return ()
        pieces = (piece for piece in self._joined(cut))
        return tuple(piece for piece in pieces if self._measure(piece)[0] > 0 and self._measure(piece)[1] <= LONGEST_GATE)

    def expanded(self, piece: str) -> str:
        """A piece with its parts put in."""
        return expand(piece, parts=self._parts, where="a piece of a pattern")

    def words_of(self, pattern: str) -> tuple[Words, ...]:
        """Sets of case-folded words of which every text that the pattern matches has one each."""
        return self._wordings.needed_by(pattern)

    def forget(self) -> None:
        """Let go of the words of parts: all patterns of all languages were asked for theirs, which takes megabytes to remember."""
        self._wordings.forget()

    def _joined(self, cut: Iterable[tuple[str, str]]) -> Iterator[str]:
        """Neighbours together, as long as they are short."""
        run, length = "", 0
        for unit in map("".join, cut):
            width_of_unit = self._measure(unit)[1]
            if run and length + width_of_unit > LONGEST_JOINED:
                yield run
                run, length = "", 0
            run += unit
            length += width_of_unit
        yield run

    def _measure(self, pattern: str) -> tuple[int, int]:
        """The fewest code points that a pattern matches, and how many it has itself once its parts are put in."""
        if pattern not in self._measured:
            widths, width, length = [], 0, 0
            for unit, quantifier in units(pattern):
                least, its_length = (0, 1) if unit == "|" else self._measure_unit(unit, quantifier)
                length += its_length
                width += least
                if unit == "|":
                    widths.append(width)
                    width = 0
            self._measured[pattern] = min([*widths, width]), length
        return self._measured[pattern]

    def _measure_unit(self, unit: str, quantifier: str) -> tuple[int, int]:
        if unit[0] == "(":
            width, length = self._measure(inside(unit))
        elif is_part(unit):
            width, length = self._measure_part(unit[1:-1])
        else:
            width, length = 1, len(unit)
        return (0 if quantifier.startswith(OPTIONAL) else width), length + len(quantifier)

    def _measure_part(self, name: str) -> tuple[int, int]:
        try:
            return self._measure(self._parts[name])
        except RecursionError:
            raise RuleError(f"the part «{name}» holds itself") from None
