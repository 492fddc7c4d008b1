"""What a pattern needs: the pieces of a text without which it cannot match.

Patterns of one language are made of the same few parts, so that all of them together need little more than those parts. To look
for what they need, each piece once, is far cheaper than to look for the patterns; those are tried where all that they need is there.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from kabar_enrich.disclosure.rulebook import RuleError

LONGEST_JOINED: Final = 300
"""Code points of a pattern, parts put in, up to which neighbouring pieces are looked for as one."""
LONGEST_GATE: Final = 3_000
"""A longer piece is not looked for: finding it would cost as much as the pattern."""
_UNIT: Final = re.compile(r"\{[a-z_]+\}|\\x\{[0-9A-Fa-f]+\}|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)
_QUANTIFIER: Final = re.compile(r"(?:[?*+]|\{\d+(?:,\d*)?\})\??")
_OPTIONAL: Final = ("?", "*", "{0")
_GROUP_START: Final = re.compile(r"\?(?:P<\w+>|[a-zA-Z-]*:)")


class Gatekeeper:
    """Says what the patterns of a language need. `parts` are its named parts; every pattern expands with them."""

    def __init__(self, parts: Mapping[str, str]) -> None:
        self._parts = parts
        self._measured: dict[str, tuple[int, int]] = {}

    def gates_of(self, pattern: str) -> tuple[str, ...]:
        """The pieces of a pattern that are in every text it matches, none of them empty; none when it has no such piece."""
        units = list(_units(pattern))
        if "|" in units:
            return ()
        pieces = (piece for piece in self._joined(units))
        return tuple(piece for piece in pieces if self._measure(piece)[0] > 0 and self._measure(piece)[1] <= LONGEST_GATE)

    def _joined(self, units: Iterable[str]) -> Iterator[str]:
        """Neighbours together, as long as they are short."""
        run, length = "", 0
        for unit in units:
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
            for unit in _units(pattern):
                least, its_length = (0, 1) if unit == "|" else self._measure_unit(unit)
                length += its_length
                width += least
                if unit == "|":
                    widths.append(width)
                    width = 0
            self._measured[pattern] = min([*widths, width]), length
        return self._measured[pattern]

    def _measure_unit(self, unit: str) -> tuple[int, int]:
        end = _end_of_unit(unit, 0)
        if unit[0] == "(":
            width, length = self._measure(_GROUP_START.sub("", unit[1 : end - 1], count=1) if unit[1] == "?" else unit[1 : end - 1])
        elif unit[0] == "{" and unit[1:2].isalpha():
            width, length = self._measure_part(unit[1 : end - 1])
        else:
            width, length = 1, end
        return (0 if unit.startswith(_OPTIONAL, end) else width), length + len(unit) - end

    def _measure_part(self, name: str) -> tuple[int, int]:
        try:
            return self._measure(self._parts[name])
        except RecursionError:
            raise RuleError(f"the part «{name}» holds itself") from None


def _units(pattern: str) -> Iterator[str]:
    """The pattern cut at its top level: characters, classes, parts and groups, each with its quantifier; `|` stands alone."""
    at = 0
    while at < len(pattern):
        end = _end_of_unit(pattern, at)
        quantifier = _QUANTIFIER.match(pattern, end)
        end = end if quantifier is None else quantifier.end()
        yield pattern[at:end]
        at = end


def _end_of_unit(pattern: str, at: int) -> int:
    """Where what begins here ends, its quantifier left out."""
    depth = 0
    for found in _UNIT.finditer(pattern, at):
        depth += {"(": 1, ")": -1}.get(found.group(), 0)
        if depth <= 0:
            return found.end()
    return len(pattern)
