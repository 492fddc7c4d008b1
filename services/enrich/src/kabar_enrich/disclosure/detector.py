"""Rules made ready to match: one pass says which patterns are in a text, then those alone are run for their spans."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import re2  # type: ignore[import-untyped]  # ships no types
from kabar_contracts.disclosure import vocabulary
from kabar_contracts.disclosure.assertion import Tool

from kabar_enrich.disclosure.rulebook import (
    Effect,
    Guard,
    Reach,
    Review,
    Rule,
    RuleError,
    ToolEntry,
    expand,
    languages,
    read_rulebook,
    toolbox,
)
from kabar_enrich.disclosure.segments import Span

TOOL_PART: Final = "tool"
CREDITED_TOOL_PART: Final = "credited_tool"
_MEMORY_BYTES: Final = 128 * 1024 * 1024
_NEIGHBOURS: Final = 2
"""Lines above and below a mention that may belong to the same wrapped sentence."""
_SHOWN: Final = 120
_MATCHES_A_PATTERN: Final = 200
"""Matches of one pattern in one article that are looked at."""


@dataclass(frozen=True, slots=True)
class Match:
    """A rule found in a text."""

    rule: Rule
    span: Span


@dataclass(frozen=True, slots=True)
class ReviewMatch:
    """A claim about a person's part, found in a text."""

    review: Review
    span: Span
    by: str | None
    name: str | None


class PatternSet:
    """Patterns that are all tried in one pass over a text, in linear time."""

    def __init__(self, patterns: Sequence[str], *, spaced: bool) -> None:
        self._patterns = [_as_re2(pattern) for pattern in patterns]
        self._compiled: dict[int, Any] = {}
        self._spaced = spaced
        self._set = re2.Set.SearchSet(_options())
        for pattern in self._patterns:
            self._set.Add(pattern)
        if patterns:
            self._set.Compile()

    def indices(self, text: str) -> list[int]:
        """Which patterns occur in the text, in their order; a match of a part of a word may be among them."""
        return sorted(self._set.Match(text) or ()) if self._patterns else []

    def matches(self, text: str, *, index: int) -> Iterator[Any]:
        """The matches of one pattern within a paragraph, whole words only."""
        for count, found in enumerate(self._one(index).finditer(text)):
            if count >= _MATCHES_A_PATTERN:
                return
            if "\n\n" in found.group():
                continue
            if not self._spaced or _is_of_whole_words(text, start=found.start(), end=found.end()):
                yield found

    def all_spans(self, text: str) -> Iterator[Span]:
        """All matches of all patterns, pattern by pattern, parts of words among them."""
        for index in self.indices(text):
            yield from (Span(found.start(), found.end()) for found in self._one(index).finditer(text))

    def _one(self, index: int) -> Any:
        """The pattern by itself. Most are never needed in the life of a process, so each is compiled at its first match."""
        if index not in self._compiled:
            self._compiled[index] = re2.compile(self._patterns[index], _options())
        return self._compiled[index]

    def spans(self, text: str) -> list[Span]:
        """Where any of the patterns matches."""
        return [Span(found.start(), found.end()) for index in self.indices(text) for found in self.matches(text, index=index)]


class Detector:
    """The rules of one language."""

    def __init__(self, language: str) -> None:
        book = read_rulebook(language)
        self.language = language
        self._parts = {TOOL_PART: _any_tool(toolbox().tools), CREDITED_TOOL_PART: _credited_tool(toolbox().tools), **book.parts}
        self._spaced = book.spaced
        # To the end of the line, so that a line of a thousand mentions is one match.
        mention = "|".join(f"(?:{pattern})" for pattern in book.mentions)
        self._mentions = self._compiled([("mentions", rf"(?:{mention})[^\n]*")])
        self._rules = [rule for rule in book.rules for _ in rule.patterns]
        self._rule_patterns = self._compiled([(rule.id, pattern) for rule in book.rules for pattern in rule.patterns])
        self._reviews = [review for review in book.reviews for _ in review.patterns]
        self._review_patterns = self._compiled([(review.id, pattern) for review in book.reviews for pattern in review.patterns])
        self._guards = [(guard, self._compiled([(guard.id, pattern) for pattern in guard.patterns])) for guard in book.guards]
        self._degrees = [(words.degree, self._compiled([(words.degree, p) for p in words.patterns])) for words in book.degrees]
        self._responsibility = self._compiled([("responsibility", pattern) for pattern in book.responsibility])

    def matches(self, folded: str) -> list[Match]:
        """Every rule found in a folded text.

        One small pattern finds the lines that mention AI at all; all rules are tried together on those alone.
        """
        return [
            Match(self._rules[index], Span(window.start + found.start(), window.start + found.end()))
            for window in _windows(folded, mentions=self._mentions.all_spans(folded))
            for piece in [window.of(folded)]
            for index in self._rule_patterns.indices(piece)
            for found in self._rule_patterns.matches(piece, index=index)
        ]

    def reviews(self, folded: str) -> list[ReviewMatch]:
        """Every claim about a person's part in a piece of folded text."""
        return [
            ReviewMatch(self._reviews[index], Span(found.start(), found.end()), groups.get("by"), groups.get("name"))
            for index in self._review_patterns.indices(folded)
            for found in self._review_patterns.matches(folded, index=index)
            for groups in [found.groupdict()]
        ]

    def effect(self, texts: dict[Reach, str], *, about: vocabulary.Object) -> Effect | None:
        """What the first guard makes of a match about this object, given the text of each reach."""
        for guard, patterns in self._guards:
            if _holds_for(guard, about) and texts[guard.reach] and patterns.spans(texts[guard.reach]):
                return guard.effect
        return None

    def degree(self, folded: str) -> vocabulary.Degree:
        """How much of it was AI, when the sentence says so."""
        return next((degree for degree, patterns in self._degrees if patterns.spans(folded)), "unspecified")

    def claims_responsibility(self, folded: str) -> bool:
        """Whether the text claims editorial responsibility."""
        return bool(self._responsibility.spans(folded))

    def _compiled(self, patterns: Sequence[tuple[str, str]]) -> PatternSet:
        whole = [expand(pattern, parts=self._parts, where=f"{self.language}.toml, {name}") for name, pattern in patterns]
        try:
            return PatternSet(whole, spaced=self._spaced)
        except re2.error as fault:
            names = ", ".join(dict.fromkeys(name for name, _ in patterns))
            raise RuleError(f"{self.language}.toml, in one of {names}: {str(fault)[:_SHOWN]}") from None


@cache
def detector_for(language: str) -> Detector:
    """The rules of a language that has some, compiled once."""
    return Detector(language)


def detectors_for(language: str | None) -> tuple[Detector, ...]:
    """The detectors to try on an article: its language's and English, or all where it is unknown or has no rules.

    English is always among them because sites put English notes and credits under articles in any language.
    """
    known = languages()
    primary = (language or "").split("-")[0].lower()
    tried = dict.fromkeys((primary, "en")) if primary in known else known
    return tuple(detector_for(name) for name in tried)


def tools_in(text: str) -> tuple[Tool, ...]:
    """The tools that a piece of text names, in the order of their first mention."""
    found: list[tuple[int, Tool]] = []
    for index in _tool_patterns().indices(text):
        entry = toolbox().tools[index]
        for match in _tool_patterns().matches(text, index=index):
            version = match.groupdict().get("version")
            tool = Tool(name=entry.name, kind=entry.kind, version=version, provider=entry.provider, raw=match.group())
            found.append((match.start(), tool))
            break
    return tuple(tool for _, tool in sorted(found, key=lambda pair: pair[0]))


@cache
def tool_names_of_people() -> tuple[str, ...]:
    """The names of tools that people have too."""
    return tuple(tool.name for tool in toolbox().tools if tool.person_name)


@cache
def _tool_patterns() -> PatternSet:
    return PatternSet([f"(?-i:{tool.pattern})" for tool in toolbox().tools], spaced=True)


def _windows(text: str, *, mentions: Iterator[Span]) -> Iterator[Span]:
    """The lines with mentions in them and their neighbours, without overlaps. `mentions` are in order."""
    starts = [0]
    line_break = text.find("\n")
    first, last = 0, -1
    for mention in mentions:
        while 0 <= line_break < mention.end:
            starts.append(line_break + 1)
            line_break = text.find("\n", line_break + 1)
        line = bisect_right(starts, mention.start) - 1
        if last >= 0 and line - _NEIGHBOURS > last + _NEIGHBOURS + 1:
            yield _lines(text, starts, first=first, last=last)
            first = line
        elif last < 0:
            first = line
        last = line
    if last >= 0:
        yield _lines(text, starts, first=first, last=last)


def _lines(text: str, starts: Sequence[int], *, first: int, last: int) -> Span:
    """From the line `first` to the line `last`, with the neighbours of both. `starts` may end before the text does."""
    end = starts[last]
    for _ in range(_NEIGHBOURS + 1):
        line_break = text.find("\n", end)
        if line_break < 0:
            return Span(starts[max(0, first - _NEIGHBOURS)], len(text))
        end = line_break + 1
    return Span(starts[max(0, first - _NEIGHBOURS)], end)


def _any_tool(tools: Sequence[ToolEntry]) -> str:
    return "|".join(f"(?-i:{_without_names(tool.pattern)})" for tool in tools)


def _credited_tool(tools: Sequence[ToolEntry]) -> str:
    return _any_tool([tool for tool in tools if not tool.person_name])


def _without_names(pattern: str) -> str:
    return pattern.replace("(?P<version>", "(?:")


def _holds_for(guard: Guard, about: vocabulary.Object) -> bool:
    return not guard.objects or about in guard.objects


def _as_re2(pattern: str) -> str:
    return f"(?i){pattern}"


def _options() -> Any:
    options = re2.Options()
    options.max_mem = _MEMORY_BYTES
    options.log_errors = False
    # The longest of several alternatives, so that «report» does not hide «reporting».
    options.longest_match = True
    return options


def _is_of_whole_words(text: str, *, start: int, end: int) -> bool:
    if start > 0 and text[start].isalnum() and text[start - 1].isalnum():
        return False
    return not (end < len(text) and text[end - 1].isalnum() and text[end].isalnum())
