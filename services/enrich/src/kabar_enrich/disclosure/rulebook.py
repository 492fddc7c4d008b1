"""What a file of rules may hold. A language is mostly vocabulary: patterns are composed of its named parts.

In a pattern `{name}` stands for a part, a space outside brackets for white space without an empty line in it, and the rest is
RE2 syntax. Case is ignored except inside `(?-i:...)`; of alternatives the longest wins. A match is of whole words in
languages that put spaces between them.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Annotated, Any, Final, Literal, Self

from kabar_contracts.disclosure import vocabulary
from pydantic import BaseModel, ConfigDict, Field, model_validator

from kabar_enrich.disclosure.common import COMMON_FILE, COMMON_FOLDER, REFERENCE, with_common_rules
from kabar_enrich.disclosure.segments import CREDITED_TOOL, TOOL_MARKS

_RULES: Final = resources.files("kabar_enrich.disclosure") / "rules"
TOOLS_FILE: Final = "tools.toml"
TOOL_PARTS: Final = {"tool": f"[{TOOL_MARKS}]+", "credited_tool": f"{CREDITED_TOOL}+"}
"""The parts that every language has: any tool, and a tool that nobody takes for a person."""
_CLASS_OR_SPACE: Final = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]| ")
_SPACE: Final = r"(?: +\n? *|\n *)"
"""White space in a folded text, without an empty line: what follows a heading does not begin in it."""
_PART_DEPTH: Final = 12

Fills = Literal["part", "start", "sentence", "line", "segment"]
"""How much of its surroundings a match must be: any part of a sentence, its beginning, all of it, all of a line (in a caption
and at the end of an article all of a sentence), or all of what stands between brackets, bars and sentence ends, as a credit does."""

Effect = Literal["quoted", "site_policy", "third_party", "hedged", "future", "not_meant"]
"""What a guard makes of a match: somebody else's words, a habit of the site, another's work, a doubt, a plan, or nothing."""

Reach = Literal["sentence", "outside", "before", "lead_in", "article"]
"""Where a guard looks: in the sentence, in it but outside the match, before the match, in the sentence or line that leads in
with a colon, or in title and opening of the article."""

Reply = Literal["yes", "no"]
"""How a question may be answered."""

Patterns = Annotated[tuple[str, ...], Field(min_length=1)]
Examples = tuple[str, ...]


class RuleError(ValueError):
    """A file of rules that cannot be used; the message names the file, the rule and the fault."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Rule(_Strict):
    """A way to say one thing about AI. Its meaning lies on the axes of the record."""

    id: Annotated[str, Field(pattern=r"^[a-z]{2,3}\.[a-z0-9_]+$")]
    activity: vocabulary.Activity
    object: vocabulary.Object = "article_text"
    scope_level: vocabulary.ScopeLevel = "article"
    polarity: vocabulary.Polarity = "affirmed"
    modality: vocabulary.Modality = "certain"
    degree: vocabulary.Degree = "unspecified"
    fills: Fills
    positions: tuple[vocabulary.PositionClass, ...] = ()
    """Where in the article it may stand; empty: anywhere."""
    activity_from: Literal["rule", "words"] = "rule"
    """Whether `acts` named in the match take the place of the activity, each making an assertion of its own."""
    beside: tuple[str, ...] = ()
    """Patterns of which one must be in the same paragraph or the line right before it; empty: nothing need be there."""
    unless: tuple[str, ...] = ()
    """Patterns that make the match mean nothing when they are in it or right before it."""
    ends_in_names: bool = False
    """Whether a line of it may end in a tool that people are called like too: «with the help of Claude» names no author."""
    shared: bool = False
    """Whether all languages share it: then a rule of the language's own on the same words knows better."""
    reply: Reply | None = None
    """What must be answered right after a match that asks, or that is a heading: «Was AI used for this article? No.»"""
    patterns: Patterns
    positive: Annotated[Examples, Field(min_length=1)]
    """Texts in which the rule makes an assertion that counts. A line is a paragraph."""
    negative: Annotated[Examples, Field(min_length=1)]
    """Texts in which it makes none."""


class Review(_Strict):
    """A way to say what a person did about it; read beside a disclosure only. Groups `by` and `name` say who."""

    id: Annotated[str, Field(pattern=r"^[a-z]{2,3}\.[a-z0-9_]+$")]
    claim: vocabulary.ReviewClaim
    patterns: Patterns
    positive: Annotated[Examples, Field(min_length=1)]
    negative: Annotated[Examples, Field(min_length=1)]


class ActWords(_Strict):
    """Words for what AI did, in whatever sentence says that it was used."""

    activity: vocabulary.Activity
    patterns: Patterns


class Guard(_Strict):
    """A context that changes what a match means."""

    id: Annotated[str, Field(pattern=r"^[a-z]{2,3}\.[a-z0-9_]+$")]
    effect: Effect
    reach: Reach = "outside"
    objects: tuple[vocabulary.Object, ...] = ()
    """For which objects it holds; empty: for all."""
    asks: bool = False
    """Whether it holds because something is asked: then it does not for a rule that wants the answer."""
    patterns: Patterns


class ReplyWords(_Strict):
    """How an answer to a question begins."""

    yes: Patterns
    no: Patterns
    announced: tuple[str, ...] = ()
    """What announces an answer further down, which then comes anywhere in the sentence: «The answer is simple: no.»"""


class DegreeWords(_Strict):
    """Words in the sentence that say how much of it was AI."""

    degree: vocabulary.Degree
    patterns: Patterns


class Rulebook(_Strict):
    """One file: what one language says and how."""

    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
    spaced: bool = True
    """Whether words are written apart."""
    mentions: Patterns
    """How words begin without which no rule matches: AI, a tool, a machine. Rules are tried only in the lines around them."""
    parts: dict[str, str]
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]
    acts: tuple[ActWords, ...] = ()
    shared_acts: tuple[ActWords, ...] = ()
    """Those of the rules that all languages share, where the language has no `acts`."""
    reviews: tuple[Review, ...] = ()
    responsibility: tuple[str, ...] = ()
    """Patterns of a claim of editorial responsibility."""
    replies: ReplyWords | None = None
    guards: tuple[Guard, ...] = ()
    degrees: tuple[DegreeWords, ...] = ()

    @model_validator(mode="after")
    def _has_words_for_replies(self) -> Self:
        unanswered = next((rule.id for rule in self.rules if rule.reply is not None and self.replies is None), None)
        if unanswered is not None:
            message = f"{unanswered} waits for a reply, and the file has no words for one"
            raise ValueError(message)
        return self

    @property
    def ids(self) -> list[str]:
        """The ids of all that has one."""
        return [rule.id for rule in self.rules] + [review.id for review in self.reviews] + [guard.id for guard in self.guards]


class ToolEntry(_Strict):
    """A product or model that articles name."""

    name: str
    kind: Literal["text", "image", "translation", "audio", "video", "assistant"]
    provider: str
    pattern: str
    """RE2, whole words, case as written."""
    person_name: bool = False
    """Whether people are called so too: then it is no tool in a bare credit."""


class Toolbox(_Strict):
    """The tools of every language."""

    tools: Annotated[tuple[ToolEntry, ...], Field(min_length=1)]


def expand(pattern: str, *, parts: Mapping[str, str], where: str) -> str:
    """The RE2 pattern: parts put in, spaces made flexible. Raises RuleError for a part that is not there or holds itself."""
    expanded = pattern
    for _ in range(_PART_DEPTH):
        if not REFERENCE.search(expanded):
            return _CLASS_OR_SPACE.sub(lambda found: _SPACE if found[0] == " " else found[0], expanded)
        expanded = REFERENCE.sub(lambda found: f"(?:{_part(found[1], parts=parts, where=where)})", expanded)
    raise RuleError(f"{where}: parts are nested deeper than {_PART_DEPTH}, or one of them holds itself")


def _part(name: str, *, parts: Mapping[str, str], where: str) -> str:
    if name not in parts:
        raise RuleError(f"{where}: there is no part «{name}»")
    return parts[name]


@cache
def toolbox() -> Toolbox:
    """The tools that ship with this package."""
    return Toolbox.model_validate(tomllib.loads(_file(TOOLS_FILE)))


@cache
def languages() -> tuple[str, ...]:
    """The languages that have rules, in order."""
    return tuple(sorted(name.removesuffix(".toml") for name in rule_files() if name != TOOLS_FILE and "/" not in name))


def rule_files() -> dict[str, bytes]:
    """The files of rules as shipped, by their name below the folder of rules."""
    files = [("", file) for file in _RULES.iterdir()] + [(f"{COMMON_FOLDER}/", file) for file in (_RULES / COMMON_FOLDER).iterdir()]
    return {f"{place}{file.name}": file.read_bytes() for place, file in files if file.name.endswith(".toml")}


def read_rulebook(language: str) -> Rulebook:
    """The rules of a language that has some. Raises RuleError when the file is not right."""
    name = f"{language}.toml"
    try:
        book = Rulebook.model_validate(_with_common_rules(name))
    except ValueError as fault:
        raise RuleError(f"{name}: {fault}") from fault
    ids = book.ids
    if len(set(ids)) < len(ids):
        twice = next(identifier for identifier in ids if ids.count(identifier) > 1)
        raise RuleError(f"{name}: the id {twice} is given twice")
    return book


def _with_common_rules(name: str) -> dict[str, Any]:
    """The content of a language's file with the rules that all languages share, when it has words for them."""
    content, words = tomllib.loads(_file(name)), _RULES / COMMON_FOLDER / name
    if not words.is_file():
        return content
    return with_common_rules(content, common=_common_rules(), vocabulary=tomllib.loads(words.read_text("utf-8")), tools=TOOL_PARTS)


@cache
def _common_rules() -> Mapping[str, Any]:
    """The content of the file that all languages share, read once for all of them."""
    return tomllib.loads(_file(COMMON_FILE))


def _file(name: str) -> str:
    return (_RULES / name).read_text("utf-8")
