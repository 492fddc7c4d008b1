"""How patterns are written, as far as one must know to take them apart: units, quantifiers, groups, parts."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

Unit = tuple[str, str]
"""A character, letters and digits in a row, a class, a part or a group, and its quantifier."""

_CLASS: Final = r"\[\^?\]?(?:\\.|[^\]\\])*\]"
_UNIT: Final = rf"[^\W_]{{2,}}(?![?*+{{])|\{{[a-z_]+\}}|\\x\{{[0-9A-Fa-f]+\}}|\\x[0-9A-Fa-f]{{2}}|\\[pP](?:\{{\^?\w+\}}|\w)|\\.|{_CLASS}|."
_QUANTIFIER: Final = re.compile(r"(?:[?*+]|\{\d+(?:,\d*)?\})\??")
_PARENTHESIS: Final = re.compile(rf"[()]|\\.|{_CLASS}", re.DOTALL)
"""And what may hold one that opens or closes nothing."""
_UNIT_AND_QUANTIFIER: Final = re.compile(f"({_UNIT})((?:{_QUANTIFIER.pattern})?)", re.DOTALL)
_GROUP_START: Final = re.compile(r"\?(?:P<\w+>|[a-zA-Z-]*:)")
_META: Final = ".^$"
ALTERNATIVE: Final[Unit] = ("|", "")
"""The unit between two alternatives."""
OPTIONAL: Final = ("?", "*", "{0")
"""How the quantifiers begin that also match nothing."""


def units(pattern: str) -> Iterator[Unit]:
    """The pattern cut at its top level: words, other characters, classes, parts and groups, each with its quantifier; `|` stands alone."""
    start = 0
    while (found := _UNIT_AND_QUANTIFIER.match(pattern, start)) is not None:
        unit, quantifier = found.groups()
        start = found.end()
        if unit == "(":
            end = _end_of_group(pattern, found.start())
            quantified = _QUANTIFIER.match(pattern, end)
            start = end if quantified is None else quantified.end()
            unit, quantifier = pattern[found.start() : end], pattern[end:start]
        yield unit, quantifier


@lru_cache(maxsize=256)
def alternatives(pattern: str) -> Sequence[Sequence[Unit]]:
    """The units of each alternative of a pattern; of its only one where it has no others. The last ones are remembered."""
    cut = list(units(pattern))
    bars = [-1, *(index for index, unit in enumerate(cut) if unit == ALTERNATIVE), len(cut)]
    return [cut[before + 1 : bar] for before, bar in pairwise(bars)]


def _end_of_group(pattern: str, start: int) -> int:
    """Behind the group that begins there; the pattern's end where nothing closes it."""
    depth = 0
    for found in _PARENTHESIS.finditer(pattern, start):
        depth += {"(": 1, ")": -1}.get(found.group(), 0)
        if not depth:
            return found.end()
    return len(pattern)


def inside(group: str) -> str:
    """What stands in a group, without what says of which kind it is."""
    content = group[1:-1]
    return _GROUP_START.sub("", content, count=1) if content.startswith("?") else content


def is_part(unit: str) -> bool:
    """Whether the unit puts in a named part."""
    return unit[0] == "{" and unit[1:2].isalpha()


def literal(unit: str) -> str | None:
    """The characters that a unit without its quantifier stands for; None of what may stand for others. A space may be any of them."""
    if unit[0].isalnum():
        return unit
    if len(unit) == 1:
        return None if unit in _META or unit.isspace() else unit
    if unit[0] != "\\":
        return None
    if unit[1] == "x":
        return chr(int(unit[2:].strip("{}"), 16))
    return None if unit[1].isalnum() else unit[1]
