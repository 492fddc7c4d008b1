"""JSON-LD as pages really write it: control characters in strings, trailing commas, comments around it, lists and graphs."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

SCRIPTS: Final = 30
SCRIPT_CHARACTERS: Final = 1_000_000
NODES: Final = 400

_WRAPPING: Final = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)|(?:-->|//\s*\]\]>|\]\]>|/\*\s*\]\]>\s*\*/)\s*$"
)
_TRAILING_COMMA: Final = re.compile(r",(\s*[}\]])")
MEDIA_TYPE: Final = "application/ld+json"
_NESTED: Final = ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item")

Node = Mapping[str, Any]


def nodes_of(scripts: Iterable[str]) -> tuple[Node, ...]:
    """The objects in these scripts, outer before inner, at most `NODES` of them. A script that is no JSON is passed over."""
    found: list[Node] = []
    for script in list(scripts)[:SCRIPTS]:
        value = _parsed(script[:SCRIPT_CHARACTERS])
        found.extend(_flat(value, room=NODES - len(found)))
    return tuple(found)


def types_of(node: Node) -> frozenset[str]:
    """The names in `@type`, without the address of a vocabulary."""
    value = node.get("@type")
    names = value if isinstance(value, list) else [value]
    return frozenset(name.rpartition("/")[2] for name in names if isinstance(name, str))


def text_of(value: object) -> str | None:
    """A string, or the first one of a list, or the `name` or `@value` of an object."""
    for _ in range(4):
        if isinstance(value, list):
            value = value[0] if value else None
        elif isinstance(value, dict):
            value = value.get("name") or value.get("@value")
        else:
            break
    return value.strip() or None if isinstance(value, str) else None


def _parsed(script: str) -> object:
    text = script.strip()
    if not text.startswith(("{", "[")) or not text.endswith(("}", "]")):
        text = _WRAPPING.sub("", text).strip().rstrip(";")
    for mended in (str, _without_trailing_commas):
        try:
            # Not strict: line ends and tabs inside strings are common.
            parsed: object = json.loads(mended(text), strict=False)
        except (ValueError, RecursionError):
            continue
        return parsed
    return None


def _without_trailing_commas(text: str) -> str:
    return _TRAILING_COMMA.sub(r"\1", text)


def _flat(value: object, *, room: int) -> Iterator[Node]:
    waiting = [value]
    given = 0
    while waiting and given < room:
        current = waiting.pop(0)
        if isinstance(current, list):
            waiting[:0] = current[:NODES]
        elif isinstance(current, dict):
            given += 1
            yield current
            waiting.extend(inner for key in _NESTED if isinstance(inner := current.get(key), (dict, list)))
