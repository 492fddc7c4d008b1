"""Rules that all languages share: written once in `common/rules.toml`, of parts that each language gives in `common/<language>.toml`.

What a language has no words for yet is left out there: a pattern that needs a part which neither it nor the shared file gives.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

COMMON_FOLDER: Final = "common"
COMMON_FILE: Final = f"{COMMON_FOLDER}/rules.toml"
REFERENCE: Final = re.compile(r"\{([a-z_]+)\}")
"""A part that a pattern names."""
_PATTERN_LISTS: Final = ("patterns", "unless", "beside")


class CommonError(ValueError):
    """Shared rules or a language's words for them that cannot be used; the message names the fault."""


class _Shared(BaseModel):
    """A table whose other fields are those of the rules it becomes, which are checked as such in each language."""

    model_config = ConfigDict(frozen=True, extra="allow")

    patterns: Annotated[tuple[str, ...], Field(min_length=1)]


class CommonRule(_Shared):
    """A rule without a language and without examples."""

    id: Annotated[str, Field(pattern=r"^common_[a-z0-9_]+$")]


class CommonRules(BaseModel):
    """The shared file. `parts` are what a language's words are put together by, unless it puts them together in its own way."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    parts: dict[str, str]
    rules: Annotated[tuple[CommonRule, ...], Field(min_length=1)]
    acts: tuple[_Shared, ...] = ()
    """Words for what AI did, for languages that have none of their own."""


class CommonExamples(BaseModel):
    """What a shared rule finds and what it leaves alone in one language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: str
    positive: tuple[str, ...]
    negative: tuple[str, ...]


class Vocabulary(BaseModel):
    """The words that one language gives for the shared rules."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    parts: dict[str, str]
    examples: tuple[CommonExamples, ...] = ()


def with_common_rules(
    book: Mapping[str, Any], *, common: Mapping[str, Any], vocabulary: Mapping[str, Any], tools: Iterable[str]
) -> dict[str, Any]:
    """The content of a language's file with the shared rules that its words suffice for, as `<language>.<id>`.

    `tools` are the parts that every pattern may name. Raises CommonError when a file is not right, when a rule has no examples
    or examples have no rule, and when a word is given twice.
    """
    try:
        shared, words = CommonRules.model_validate(common), Vocabulary.model_validate(vocabulary)
    except ValidationError as fault:
        raise CommonError(str(fault)) from fault
    own = dict(book["parts"])
    if twice := sorted(own.keys() & words.parts.keys()):
        raise CommonError(f"the part «{twice[0]}» is given in the language's own file, too")
    parts = {**shared.parts, **own, **words.parts}
    parts |= _sure_parts(parts)
    known = _complete(parts, given=tools)
    examples = {each.rule: each for each in words.examples}
    rules = [
        _in_language(rule, language=book["language"], known=known, examples=examples.pop(rule.id, None))
        for rule in shared.rules
        if _suffices(rule.patterns, known=known)
    ]
    if examples:
        raise CommonError(f"examples of «{next(iter(examples))}», for which there is no rule or for which words are missing")
    acts = [_left_of(act, known=known) for act in shared.acts if _suffices(act.patterns, known=known)]
    return {
        **book,
        "parts": {name: part for name, part in parts.items() if name in known or name in own},
        "rules": [*book["rules"], *rules],
        "shared_acts": [] if book.get("acts") else acts,
    }


def _in_language(rule: CommonRule, *, language: str, known: frozenset[str], examples: CommonExamples | None) -> dict[str, Any]:
    if examples is None:
        raise CommonError(f"the words suffice for «{rule.id}», which has no examples")
    told = {"positive": examples.positive, "negative": examples.negative}
    return {**_left_of(rule, known=known), "id": f"{language}.{rule.id}", "shared": True, **told}


def _left_of(table: _Shared, *, known: frozenset[str]) -> dict[str, Any]:
    """The fields of a table without the patterns that name an unknown part."""
    fields = table.model_dump()
    lists: dict[str, Any] = {name: [one for one in fields[name] if _needs(one) <= known] for name in _PATTERN_LISTS if name in fields}
    return {**fields, **lists}


def _suffices(patterns: Sequence[str], *, known: frozenset[str]) -> bool:
    return any(_needs(pattern) <= known for pattern in patterns)


def _complete(parts: Mapping[str, str], *, given: Iterable[str]) -> frozenset[str]:
    """The parts all of whose parts are there, too."""
    known = frozenset(given)
    while more := {name for name, part in parts.items() if name not in known and _needs(part) <= known}:
        known |= more
    return known


def _sure_parts(parts: Mapping[str, str]) -> dict[str, str]:
    """For each part in which tools are named one by the name of `sure_…`, in which only those are that nobody takes for a person."""
    doubtful = _naming_tools(parts) - {"tool"}
    return {f"sure_{name}": REFERENCE.sub(lambda found: _sure(found[1], doubtful=doubtful), parts[name]) for name in doubtful}


def _sure(name: str, *, doubtful: AbstractSet[str]) -> str:
    if name == "tool":
        return "{credited_tool}"
    return f"{{sure_{name}}}" if name in doubtful else f"{{{name}}}"


def _naming_tools(parts: Mapping[str, str]) -> AbstractSet[str]:
    """The parts that name tools, themselves or by another part."""
    naming = {"tool"}
    while more := {name for name, part in parts.items() if name not in naming and _needs(part) & naming}:
        naming |= more
    return naming


def _needs(pattern: str) -> frozenset[str]:
    return frozenset(REFERENCE.findall(pattern))
