"""What a pattern needs: the pieces of a text without which it cannot match.

Patterns of one language are made of the same few parts, so that all of them together need little more than those parts. To look
for what they need, each piece once, is far cheaper than to look for the patterns; those are tried where all that they need is there.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from kabar_enrich.disclosure.pattern_syntax import ALTERNATIVE, OPTIONAL, Unit, inside, is_part, literal, units
from kabar_enrich.disclosure.rulebook import RuleError, expand
from kabar_enrich.disclosure.wording import Wordings, Words

LONGEST_JOINED: Final = 300
"""Code points of a pattern, parts put in, up to which neighbouring pieces are looked for as one."""
LONGEST_GATE: Final = 3_000
"""A longer piece is not looked for: finding it would cost as much as the pattern."""
_COUNT: Final = re.compile(r"\{\d*,?\d{2,}\}")
"""A quantifier that counts far: at each place an automaton has to remember how far it has counted from every one before."""


class Gatekeeper:
    """Says what the patterns of a language need. `parts` are its named parts; every pattern expands with them.

    With `spaced`, words are written apart, and a pattern matches whole ones.
    """

    def __init__(self, parts: Mapping[str, str], *, spaced: bool) -> None:
        self.spaced = spaced
        self._parts = parts
        self._wordings = Wordings(parts, spaced=spaced)
        self._measured: dict[str, tuple[int, int]] = {}

    def gates_of(self, pattern: str) -> tuple[str, ...]:
        """The pieces of a pattern that are in every text it matches, none of them empty; none when it has no such piece."""
        cut = list(units(pattern))
        if ALTERNATIVE in cut:
            return ()
        return tuple(piece for piece in self._joined(cut) if self._measure(piece)[0] > 0 and self._measure(piece)[1] <= LONGEST_GATE)

    def expanded(self, piece: str) -> str:
        """A piece with its parts put in."""
        return expand(piece, parts=self._parts, where="a piece of a pattern")

    def words_of(self, pattern: str) -> tuple[Words, ...]:
        """Sets of words of which every text that the pattern matches has one each."""
        return self._wordings.needed_by(pattern)

    def forget(self) -> None:
        """Let go of the words of parts: all patterns of all languages were asked for theirs, which takes megabytes to remember."""
        self._wordings.forget()

    def _joined(self, cut: Iterable[Unit]) -> Iterator[str]:
        """Neighbours together, as long as they are short and no gap is between them."""
        run: list[str] = []
        length = 0
        for unit, quantifier in cut:
            piece = unit + quantifier
            width_of_unit = self._measure(piece)[1]
            is_gap = self._is_gap(piece)
            if run and (is_gap or length + width_of_unit > LONGEST_JOINED):
                yield self._trimmed(run)
                run, length = [], 0
            if not is_gap:
                run.append(piece)
                length += width_of_unit
        yield self._trimmed(run)

    def _is_gap(self, piece: str) -> bool:
        """Whether it lets much of any kind stand between others: nearly every text has it, and it takes long to look for."""
        return _COUNT.search(self.expanded(piece)) is not None and not self.words_of(piece)

    def _trimmed(self, run: Sequence[str]) -> str:
        """The pieces together, without those at both ends that match nothing as well, and without spaces there."""
        pieces = deque(run)
        for end, take, put in ((0, pieces.popleft, pieces.extendleft), (-1, pieces.pop, pieces.extend)):
            while pieces:
                if self._is_idle(pieces[end]):
                    take()
                elif opened := self._opened(pieces[end], end=end):
                    take()
                    put(opened if end else reversed(opened))
                else:
                    break
        return "".join(pieces)

    def _opened(self, piece: str, *, end: int) -> Sequence[str]:
        """The pieces in a part or a group at whose first or last place one is that matches nothing as well; else none."""
        ((unit, quantifier),) = units(piece)
        is_group = unit.startswith("(?:")
        if quantifier or not (is_group or is_part(unit)):
            return ()
        cut = list(units(inside(unit) if is_group else self._parts[unit[1:-1]]))
        pieces = list(map("".join, cut))
        return pieces if ALTERNATIVE not in cut and pieces and self._is_idle(pieces[end]) else ()

    def _is_idle(self, piece: str) -> bool:
        return piece.isspace() or not self._measure(piece)[0]

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
            width, length = len(literal(unit) or " "), len(unit)
        return (0 if quantifier.startswith(OPTIONAL) else width), length + len(quantifier)

    def _measure_part(self, name: str) -> tuple[int, int]:
        try:
            return self._measure(self._parts[name])
        except RecursionError:
            raise RuleError(f"the part «{name}» holds itself") from None
