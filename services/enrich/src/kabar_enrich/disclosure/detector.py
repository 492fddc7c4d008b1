"""Rules made ready to match: the words and pieces that patterns need say which may be in a text; those are run for their spans."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from operator import itemgetter
from typing import Any, Final

from kabar_contracts.disclosure import vocabulary

from kabar_enrich.disclosure.gates import Gatekeeper
from kabar_enrich.disclosure.patterns import Group, PatternGroups, PatternSet, compiled, is_met
from kabar_enrich.disclosure.rulebook import (
    TOOL_PARTS,
    Guard,
    Reach,
    Reply,
    Review,
    Rule,
    expand,
    languages,
    read_rulebook,
)
from kabar_enrich.disclosure.segments import Span
from kabar_enrich.disclosure.wording import Words, WordSearch, distinct_words

_NEIGHBOURS: Final = 2
"""Lines above and below a mention that may belong to the same wrapped sentence."""
_LINE_BREAK: Final = ord("\n")
_WORD_START: Final = r"(?:\A|[^\pL\pN])"
_WORTH_TELLING: Final = 2
"""Pieces of a pattern that must be in a text for its rule to come near."""


@dataclass(frozen=True, slots=True)
class Match:
    """A rule found in a text."""

    rule: Rule
    span: Span


@dataclass(frozen=True, slots=True)
class Window:
    """A piece of a folded text in which rules may match."""

    start: int
    """Where it begins in the text."""
    text: str
    encoded: bytes
    """The same in UTF-8."""
    possible: Mapping[str, Sequence[int]]
    """By language, the patterns of rules that have all their words in it."""


@dataclass(frozen=True, slots=True)
class ReviewMatch:
    """A claim about a person's part, found in a text."""

    review: Review
    span: Span
    by: Span | None
    name: Span | None


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A rule that did not match, and what its nearest pattern lacks; nothing where all is there in another order."""

    rule: Rule
    lacks: tuple[str, ...]
    distance: int


class Detector:
    """The rules of one language."""

    def __init__(self, language: str) -> None:
        book = read_rulebook(language)
        self.language = language
        self._parts = {**book.parts, **TOOL_PARTS}
        self._gatekeeper = Gatekeeper(self._parts, spaced=book.spaced)
        mention = "|".join(f"(?:{pattern})" for pattern in book.mentions)
        word_start = _WORD_START if book.spaced else ""
        self.mention = f"{word_start}(?:{expand(mention, parts=self._parts, where=f'{language}.toml, mentions')})"
        """The pattern of the words without which no rule matches, and of what may stand right before them."""
        # The examples are for tests, and as long as the rules.
        without_examples = [rule.model_copy(update={"positive": (), "negative": ()}) for rule in book.rules]
        self._rules = [rule for rule in without_examples for _ in rule.patterns]
        self._rule_patterns = self._set_of((rule.id, rule.patterns) for rule in book.rules)
        self._reviews = [review for review in book.reviews for _ in review.patterns]
        self._review_patterns = self._set_of((review.id, review.patterns) for review in book.reviews)
        self._beside = {rule.id: self._set_of([(rule.id, rule.beside)]) for rule in book.rules if rule.beside}
        self._unless = {rule.id: self._set_of([(rule.id, rule.unless)]) for rule in book.rules if rule.unless}
        self._acts = self._groups_of((words.activity, words.activity, words.patterns) for words in book.acts)
        self._shared_acts = self._groups_of((words.activity, words.activity, words.patterns) for words in book.shared_acts)
        self._guards = book.guards
        self._guards_by_reach = {
            reach: self._groups_of((number, guard.id, guard.patterns) for number, guard in enumerate(book.guards) if guard.reach == reach)
            for reach in dict.fromkeys(guard.reach for guard in book.guards)
        }
        self._degrees = self._groups_of((words.degree, words.degree, words.patterns) for words in book.degrees)
        self._responsibility = self._set_of([("responsibility", book.responsibility)])
        replies: dict[Reply, Sequence[str]] = {"yes": book.replies.yes, "no": book.replies.no} if book.replies else {}
        self._replies = {reply: self._set_of([(f"replies, {reply}", patterns)]) for reply, patterns in replies.items()}
        self._announced = self._set_of([("replies, announced", book.replies.announced if book.replies else ())])

    def check(self) -> None:
        """Raise RuleError for a pattern that RE2 does not take: patterns are compiled when they are needed, which may be late."""
        compiled(self.mention)
        sets = (self._rule_patterns, self._review_patterns, self._responsibility, self._announced)
        by_rule = (*self._beside.values(), *self._unless.values())
        groups: list[PatternSet | PatternGroups[Any]] = [self._acts, self._shared_acts, self._degrees, *self._guards_by_reach.values()]
        for patterns in (*sets, *self._replies.values(), *by_rule, *groups):
            patterns.check()

    def words_of_rules(self) -> list[Sequence[Words]]:
        """The sets of words that each pattern of its rules needs, in order."""
        words = list(self._rule_patterns.needed_words())
        self._gatekeeper.forget()
        return words

    def matches(self, windows: Iterable[Window]) -> list[Match]:
        """Every rule found in these pieces of a folded text: all that its rules can match is in the `windows_in` it."""
        return [
            Match(self._rules[index], Span(window.start + found.start(), window.start + found.end()))
            for window in windows
            if self.language in window.possible and is_met(self.mention, encoded=window.encoded)
            for index in self._rule_patterns.among(window.possible[self.language], encoded=window.encoded)
            for found in self._rule_patterns.matches(window.text, index=index)
        ]

    def mentions(self, folded: str) -> Iterator[Span]:
        """Where a line first names AI, a tool or a machine, each span to the end of its line."""
        return _spans_in_lines(folded, pattern=self.mention)

    def reviews(self, folded: str) -> list[ReviewMatch]:
        """Every claim about a person's part in a piece of folded text."""
        return [
            ReviewMatch(self._reviews[index], Span(found.start(), found.end()), _group(found, "by"), _group(found, "name"))
            for index in self._review_patterns.indices(folded)
            for found in self._review_patterns.matches(folded, index=index)
        ]

    def near_misses(self, folded: str) -> list[NearMiss]:
        """The rules that have most of what they need in a folded text, the nearest first; for people who ask why none of them matched."""
        nearest: dict[str, NearMiss] = {}
        for index, rule in enumerate(self._rules):
            met, lacks = self._rule_patterns.unmet(folded, index=index)
            miss = NearMiss(rule, tuple(lacks), 2 * len(lacks) - len(met))
            if len(met) >= _WORTH_TELLING and (rule.id not in nearest or miss.distance < nearest[rule.id].distance):
                nearest[rule.id] = miss
        return sorted(nearest.values(), key=lambda miss: miss.distance)

    def told_by(self, match: Match, *, folded: str) -> Sequence[Match]:
        """The match once for each thing that its words say AI did; as it is when they name none or the rule knows better."""
        if match.rule.activity_from == "rule":
            return (match,)
        words = match.span.of(folded)
        activities = [*self._acts.met(words), *(self._shared_acts.met(words) if match.rule.shared else ())]
        return [Match(match.rule.model_copy(update={"activity": activity}), match.span) for activity in activities] or (match,)

    def is_beside(self, rule: Rule, paragraph: str) -> bool:
        """Whether the paragraph holds what the rule asks for."""
        return rule.id not in self._beside or self._beside[rule.id].occurs_in(paragraph)

    def is_ruled_out(self, rule: Rule, words: str) -> bool:
        """Whether these words, of a match and right before it, make the rule mean nothing."""
        return rule.id in self._unless and self._unless[rule.id].occurs_in(words)

    def begins_with(self, reply: Reply, sentence: str) -> bool:
        """Whether a sentence begins with this answer."""
        return _begins(sentence, patterns=self._replies[reply])

    def announces(self, reply: Reply, sentence: str) -> bool:
        """Whether a sentence says that it answers something, and gives this answer."""
        return _begins(sentence, patterns=self._announced) and self._replies[reply].occurs_in(sentence)

    def guard_on(self, texts: dict[Reach, str], *, rule: Rule) -> Guard | None:
        """The first guard that holds for a match of this rule, given the text of each reach."""
        possible = chain.from_iterable(groups.possible(texts[reach]) for reach, groups in self._guards_by_reach.items() if texts[reach])
        for number, matches in sorted(possible, key=itemgetter(0)):
            if _holds_for(self._guards[number], rule) and matches():
                return self._guards[number]
        return None

    def degree(self, folded: str) -> vocabulary.Degree:
        """How much of it was AI, when the sentence says so."""
        return next(self._degrees.met(folded), "unspecified")

    def claims_responsibility(self, folded: str) -> bool:
        """Whether the text claims editorial responsibility."""
        return self._responsibility.occurs_in(folded)

    def _set_of(self, named: Iterable[tuple[str, Sequence[str]]]) -> PatternSet:
        """A set of the patterns that go by these names."""
        each = [(f"{self.language}.toml, {name}", pattern) for name, patterns in named for pattern in patterns]
        return PatternSet(each, parts=self._parts, gatekeeper=self._gatekeeper)

    def _groups_of(self, groups: Iterable[tuple[Group, str, Sequence[str]]]) -> PatternGroups[Group]:
        """The patterns of these groups, each with its name."""
        each = list(groups)
        return PatternGroups(
            self._set_of((name, patterns) for _, name, patterns in each), [group for group, _, patterns in each for _ in patterns]
        )


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


def other_detectors(language: str | None) -> Iterator[Detector]:
    """The detectors that `detectors_for` leaves out: a note may be in another language than what was detected, or than its article."""
    tried = detectors_for(language)
    return (detector for detector in map(detector_for, languages()) if detector not in tried)


def lines_with_mentions(folded: str) -> Iterator[Span]:
    """From the first mention of a line, in whichever language, to the end of the line.

    What is in no such line and not next to one, no rule matches.
    """
    return _spans_in_lines(folded, pattern=_mention_in_any_language())


@cache
def _mention_in_any_language() -> str:
    return "|".join(f"(?:{detector_for(name).mention})" for name in languages())


def _spans_in_lines(folded: str, *, pattern: str) -> Iterator[Span]:
    """From where the pattern of a mention first matches in a line to the line's end; a line break before its word is left out.

    The pattern itself must not go on to the end of the line: to find where a long match begins takes longer than all the rest.
    """
    encoded = folded.encode()
    for start, text in _decoded(encoded, places=_bytes_from_mentions(encoded, pattern=pattern)):
        yield Span(start, start + len(text))


def _bytes_from_mentions(encoded: bytes, *, pattern: str) -> Iterator[tuple[int, int]]:
    mention, end = compiled(pattern), 0
    while (found := mention.search(encoded, end)) is not None:
        end = _end_of_line(encoded, found.end())
        yield found.start() + encoded.startswith(b"\n", found.start()), end


def _decoded(encoded: bytes, *, places: Iterable[tuple[int, int]]) -> Iterator[tuple[int, str]]:
    """The code point at which each piece begins, and its text. `places` say in order where it begins and ends by bytes."""
    told = bytes_told = 0
    for first, last in places:
        start, text = told + len(encoded[bytes_told:first].decode()), encoded[first:last].decode()
        bytes_told, told = last, start + len(text)
        yield start, text


def windows_in(folded: str) -> list[Window]:
    """The lines with mentions and their neighbours in the same paragraph, in order and without overlaps.

    They are small, so that hardly a rule has all that it needs in one of them.
    """
    encoded = folded.encode()
    pieces = _decoded(encoded, places=_bytes_around_mentions(encoded))
    return [Window(start, text, text.encode(), possible_rules(distinct_words(text))) for start, text in pieces]


def possible_rules(words: str) -> dict[str, list[int]]:
    """By language, the patterns of rules whose words are among the `distinct_words` of a text. One search for those of all languages."""
    search, language_of = _words_of_all_rules()
    possible: dict[str, list[int]] = {}
    for number in search.possible(words):
        language, index = language_of[number]
        possible.setdefault(language, []).append(index)
    return possible


def get_ready() -> None:
    """Read now what the rules of all languages need, and not when the first text comes."""
    _words_of_all_rules()


@cache
def _words_of_all_rules() -> tuple[WordSearch, Sequence[tuple[str, int]]]:
    """The search, and of each number in its answers the language and the index of the pattern there."""
    needed = {name: detector_for(name).words_of_rules() for name in languages()}
    numbers = [(name, index) for name, each in needed.items() for index in range(len(each))]
    return WordSearch(chain.from_iterable(needed.values())), numbers


def _bytes_around_mentions(encoded: bytes) -> Iterator[tuple[int, int]]:
    """Where each piece begins and ends. What stands below a mention is not searched for more of them, but its neighbours are there, too."""
    mention = compiled(_mention_in_any_language())
    start, end, searched = 0, -1, 0
    while (found := mention.search(encoded, searched)) is not None:
        first = _lines_up(encoded, found.start() + encoded.startswith(b"\n", found.start()))
        searched = _lines_down(encoded, _end_of_line(encoded, found.end()))
        if first > end >= 0:
            yield start, end
        if first > end:
            start = first
        end = _lines_down(encoded, searched)
    if end >= 0:
        yield start, end


def _lines_up(encoded: bytes, offset: int) -> int:
    """Where the line begins that stands `_NEIGHBOURS` above, or its paragraph does."""
    line_break = encoded.rfind(b"\n", 0, offset)
    for _ in range(_NEIGHBOURS):
        if line_break <= 0 or encoded[line_break - 1] == _LINE_BREAK:
            break
        line_break = encoded.rfind(b"\n", 0, line_break)
    return line_break + 1


def _lines_down(encoded: bytes, end: int) -> int:
    """Where the line ends that stands `_NEIGHBOURS` below a line that ends here, or its paragraph does."""
    for _ in range(_NEIGHBOURS):
        if end >= len(encoded) or encoded.startswith(b"\n\n", end):
            break
        end = _end_of_line(encoded, end + 1)
    return end


def _end_of_line(encoded: bytes, offset: int) -> int:
    line_break = encoded.find(b"\n", offset)
    return len(encoded) if line_break < 0 else line_break


def _begins(sentence: str, *, patterns: PatternSet) -> bool:
    """Whether one of the patterns matches where the sentence begins."""
    return any(match.start() == 0 for index in patterns.indices(sentence) for match in patterns.matches(sentence, index=index))


def _holds_for(guard: Guard, rule: Rule) -> bool:
    is_answered = guard.asks and rule.reply is not None
    return not is_answered and (not guard.objects or rule.object in guard.objects)


def _group(found: Any, name: str) -> Span | None:
    """Where a named group matched; None when the pattern has none or it matched nothing."""
    number = found.re.groupindex.get(name)
    return Span(found.start(number), found.end(number)) if number is not None and found.group(number) else None
