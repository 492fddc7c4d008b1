"""What the rules find in a text, judged by its surroundings, each statement once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kabar_enrich.disclosure.detector import Detector, Match, detectors_for
from kabar_enrich.disclosure.layout import Layout
from kabar_enrich.disclosure.rulebook import Effect
from kabar_enrich.disclosure.segments import Segments, Span, segmented
from kabar_enrich.disclosure.surroundings import Place, Surroundings
from kabar_enrich.disclosure.tools import with_tools_marked

FINDINGS: Final = 400
"""Findings of one article that are looked at, in reading order: far more than an article has."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that matched and what its surroundings make of it."""

    detector: Detector
    match: Match
    place: Place
    effect: Effect | None

    @property
    def counts(self) -> bool:
        """Whether it speaks of this article, for certain or with a hedge."""
        return self.effect in (None, "hedged") and self.match.rule.scope_level in ("article", "component")

    @property
    def length(self) -> int:
        """Code points that the rule matched."""
        return self.match.span.end - self.match.span.start


@dataclass(frozen=True, slots=True)
class Reading:
    """What the rules find in a text, in reading order, and its lines, with tools marked; no lines when nothing is found."""

    findings: tuple[Finding, ...]
    segments: Segments


def findings_in(folded: str, *, layout: Layout, language: str | None) -> Reading:
    """What the rules find in a folded text. The time is linear in its length."""
    marked = with_tools_marked(folded)
    matches = [(detector, match) for detector in detectors_for(language) for match in detector.matches(marked)]
    if not matches:
        return Reading((), Segments(marked, ()))
    segments = segmented(marked)
    surroundings = Surroundings(segments, layout=layout)
    judged: list[Finding] = []
    for detector, match in sorted(matches, key=lambda pair: (pair[1].span.start, -pair[1].span.end)):
        place = surroundings.place_of(match.span)
        effect = surroundings.effect_on(match, place=place, detector=detector)
        if effect != "not_meant":
            judged.append(Finding(detector, match, place, effect))
        if len(judged) >= FINDINGS:
            break
    return Reading(tuple(_without_repetitions(judged)), segments)


def _without_repetitions(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Each statement once: of several rules on the same words the most telling one stays."""
    by_line: dict[Span, list[Finding]] = {}
    for finding in findings:
        by_line.setdefault(finding.place.line, []).append(finding)
    for neighbours in by_line.values():
        kept: list[Finding] = []
        for finding in neighbours:
            if any(_outdoes(other, finding) for other in neighbours) or any(_repeats(finding, other) for other in kept):
                continue
            kept.append(finding)
        yield from kept


def _outdoes(one: Finding, other: Finding) -> bool:
    """Whether `one` says better what `other` says of the same words."""
    mine, its = one.match.rule, other.match.rule
    if not one.match.span.overlaps(other.match.span):
        return False
    if mine.polarity != its.polarity:
        return mine.polarity == "denied" and one.match.span.start <= other.match.span.start
    vague = ("assisted_unspecified", "unspecified")
    if mine.polarity == "affirmed":
        holds_more = one.match.span.holds(other.match.span) and one.length > other.length
        held = other.match.span.holds(one.match.span) and other.length > one.length
        return holds_more or (not held and its.activity in vague and mine.activity not in vague)
    return one.length > other.length or (one.length == other.length and mine.activity == "none" and its.activity != "none")


def _repeats(one: Finding, other: Finding) -> bool:
    mine, its = one.match.rule, other.match.rule
    return one.place.sentence == other.place.sentence and (mine.activity, mine.object, mine.polarity) == (
        its.activity,
        its.object,
        its.polarity,
    )
