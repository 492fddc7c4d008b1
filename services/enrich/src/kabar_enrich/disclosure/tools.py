"""The tools that articles name: found once in a text and marked there, so that no pattern has to know their names."""

from functools import cache
from itertools import islice
from typing import Any, Final

import re2  # type: ignore[import-untyped]  # ships no types
from kabar_contracts.disclosure.assertion import Tool

from kabar_enrich.disclosure.rulebook import ToolEntry, toolbox
from kabar_enrich.disclosure.segments import CREDITED_TOOL, TOOL_CALLED_LIKE_A_PERSON

NAMES: Final = 20_000
"""Names of tools in one text that are looked at: far more than an article has."""
_CLOSE_SCRIPTS: Final = (
    ("\u0600", "\u06ff"),
    ("\u0e00", "\u0eff"),
    ("\u1000", "\u109f"),
    ("\u1100", "\u11ff"),
    ("\u2e80", "\ud7ff"),
    ("\uf900", "\ufaff"),
)
"""Arabic, Thai, Lao, Burmese, Korean, Chinese and Japanese: what is written close to a name is not part of it."""
_MEMORY_BYTES: Final = 16 * 1024 * 1024


def with_tools_marked(folded: str) -> str:
    """The text with every name of a tool overwritten by marks. Offsets stay what they were: one code point for one.

    A bare name that people have too gets another mark; with a version or its maker beside it, it is a tool.
    """
    pieces: list[str] = []
    end, people = 0, _names_of_people()
    for found in islice(_any_tool().finditer(folded), NAMES):
        start, stop = found.span()
        is_bare = folded[start:stop] in people
        if _goes_on(folded, start) or (is_bare and _goes_on(folded, stop)):
            continue
        mark = TOOL_CALLED_LIKE_A_PERSON if is_bare else CREDITED_TOOL
        pieces += folded[end:start], mark * (stop - start)
        end = stop
    return "".join((*pieces, folded[end:])) if pieces else folded


def tools_in(text: str) -> tuple[Tool, ...]:
    """The tools that a piece of text names, in the order of their first mention, each once."""
    found: dict[str, Tool] = {}
    for match in islice(_any_tool().finditer(text), NAMES):
        if not _goes_on(text, match.start()) and not _goes_on(text, match.end()):
            entry, version = _entry_of(match.group())
            found.setdefault(
                entry.name, Tool(name=entry.name, kind=entry.kind, version=version, provider=entry.provider, raw=match.group())
            )
    return tuple(found.values())


def _entry_of(name: str) -> tuple[ToolEntry, str | None]:
    """Which tool goes by this name, and its version when it is told."""
    for entry, pattern in _each_tool():
        if (match := pattern.fullmatch(name)) is not None:
            return entry, match.groupdict().get("version")
    raise LookupError(name)


def _goes_on(text: str, offset: int) -> bool:
    """Whether a word goes on across this offset."""
    if not 0 < offset < len(text):
        return False
    before, after = text[offset - 1], text[offset]
    return before.isalnum() and after.isalnum() and not _is_written_close(before) and not _is_written_close(after)


def _is_written_close(character: str) -> bool:
    return any(first <= character <= last for first, last in _CLOSE_SCRIPTS)


@cache
def _names_of_people() -> frozenset[str]:
    return frozenset(tool.name for tool in toolbox().tools if tool.person_name)


@cache
def _any_tool() -> Any:
    return re2.compile("|".join(f"(?:{_without_groups(tool.pattern)})" for tool in toolbox().tools), _options())


@cache
def _each_tool() -> tuple[tuple[ToolEntry, Any], ...]:
    return tuple((tool, re2.compile(tool.pattern, _options())) for tool in toolbox().tools)


def _without_groups(pattern: str) -> str:
    return pattern.replace("(?P<version>", "(?:")


def _options() -> Any:
    options = re2.Options()
    options.max_mem = _MEMORY_BYTES
    options.log_errors = False
    options.longest_match = True
    return options
