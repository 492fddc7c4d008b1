"""How patterns are written, as far as one must know to take them apart: units, quantifiers, groups, parts."""

import re
from collections.abc import Iterator
from typing import Final

_UNIT: Final = re.compile(
    r"\{[a-z_]+\}|\\x\{[0-9A-Fa-f]+\}|\\x[0-9A-Fa-f]{2}|\\[pP](?:\{\^?\w+\}|\w)|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL
)
_QUANTIFIER: Final = re.compile(r"(?:[?*+]|\{\d+(?:,\d*)?\})\??")
_GROUP_START: Final = re.compile(r"\?(?:P<\w+>|[a-zA-Z-]*:)")
ALTERNATIVE: Final = ("|", "")
"""The unit between two alternatives."""
OPTIONAL: Final = ("?", "*", "{0")
"""How the quantifiers begin that also match nothing."""


def units(pattern: str) -> Iterator[tuple[str, str]]:
    """The pattern cut at its top level: characters, classes, parts and groups, each with its quantifier; `|` stands alone."""
    begin, depth, end = 0, 0, 0
    for found in _UNIT.finditer(pattern):
        if found.start() < end:
            continue
        symbol = found.group()
        if symbol == "(":
            depth += 1
        elif symbol == ")":
            depth -= 1
        if depth <= 0:
            quantifier = _QUANTIFIER.match(pattern, found.end())
            end = found.end() if quantifier is None else quantifier.end()
            yield pattern[begin : found.end()], pattern[found.end() : end]
            begin, depth = end, 0
    if begin < len(pattern):
        yield pattern[begin:], ""


def inside(group: str) -> str:
    """What stands in a group, without what says of which kind it is."""
    content = group[1:-1]
    return _GROUP_START.sub("", content, count=1) if content.startswith("?") else content


def is_part(unit: str) -> bool:
    """Whether the unit puts in a named part."""
    return unit[0] == "{" and unit[1:2].isalpha()
