"""How patterns are written, as far as one must know to take them apart: units, quantifiers, groups, parts."""

import re
from collections.abc import Iterator
from typing import Final

_CLASS: Final = r"\[\^?\]?(?:\\.|[^\]\\])*\]"
_UNIT: Final = rf"\{{[a-z_]+\}}|\\x\{{[0-9A-Fa-f]+\}}|\\x[0-9A-Fa-f]{{2}}|\\[pP](?:\{{\^?\w+\}}|\w)|\\.|{_CLASS}|."
_QUANTIFIER: Final = re.compile(r"(?:[?*+]|\{\d+(?:,\d*)?\})\??")
_PARENTHESIS: Final = re.compile(rf"[()]|\\.|{_CLASS}", re.DOTALL)
"""And what may hold one that opens or closes nothing."""
_UNIT_AND_QUANTIFIER: Final = re.compile(f"({_UNIT})((?:{_QUANTIFIER.pattern})?)", re.DOTALL)
_GROUP_START: Final = re.compile(r"\?(?:P<\w+>|[a-zA-Z-]*:)")
ALTERNATIVE: Final = ("|", "")
"""The unit between two alternatives."""
OPTIONAL: Final = ("?", "*", "{0")
"""How the quantifiers begin that also match nothing."""


def units(pattern: str) -> Iterator[tuple[str, str]]:
    """The pattern cut at its top level: characters, classes, parts and groups, each with its quantifier; `|` stands alone."""
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
