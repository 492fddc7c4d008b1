"""What the rules find in a text, judged by its surroundings, each statement once."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, NamedTuple

from kabar_enrich.disclosure.detector import Detector, Match, Window, detectors_for, other_detectors, windows_in
from kabar_enrich.disclosure.layout import Layout
from kabar_enrich.disclosure.rulebook import Effect
from kabar_enrich.disclosure.segments import Segments, Span, segmented
from kabar_enrich.disclosure.surroundings import Place, Surroundings, Verdict
from kabar_enrich.disclosure.tools import with_tools_marked

FINDINGS: Final = 400
"""Findings of one article that are looked at, in reading order: far more than an article has."""
_OUT_OF_PLACE: Final = ("fills", "position")
"""Causes that tell where a match stands, and nothing of what its sentence means."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that matched and what its surroundings make of it."""

    detector: Detector
    match: Match
    place: Place
    verdict: Verdict

    @property
    def effect(self) -> Effect | None:
        """What its surroundings make of it; None when they leave it as it is."""
        return self.verdict.effect

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


class Matches(NamedTuple):
    """What rules match, before its surroundings judge it."""

    windows: Sequence[Window]
    """Where they may."""
    found: Sequence[tuple[Detector, Match]]
    """In reading order, the longest of several first."""


def findings_in(folded: str, *, layout: Layout, language: str | None) -> Reading:
    """What the rules find in a folded text. The time is linear in its length."""
    marked = with_tools_marked(folded)
    return findings_among(matches_in(marked, language=language), marked=marked, layout=layout, language=language)


def findings_among(matched: Matches, *, marked: str, layout: Layout, language: str | None) -> Reading:
    """What the rules find, of what `matches_in` a folded text with its tools marked."""
    if not matched.found:
        return Reading((), Segments(marked, ()))
    segments = segmented(marked)
    considered = considered_of(matched, segments=segments, layout=layout, language=language)
    meant = (finding for finding in considered if finding.effect != "not_meant")
    looked_at = with_their_betters(list(islice(meant, FINDINGS)))
    return Reading(tuple(finding for finding, better in looked_at if better is None), segments)


def considered_of(matched: Matches, *, segments: Segments, layout: Layout, language: str | None) -> Iterator[Finding]:
    """The matches judged, and those of the other languages where all stand out of place.

    That is a phrase which two languages share, in a sentence of the other: nothing was said of what that sentence means.
    """
    out_of_place = bool(matched.found)
    for number, finding in enumerate(judged(matched.found, segments=segments, layout=layout)):
        out_of_place = out_of_place and (number >= FINDINGS or finding.verdict.cause in _OUT_OF_PLACE)
        yield finding
    if out_of_place:
        others = _in_reading_order(_matches_of(matched.windows, detectors=other_detectors(language)))
        yield from judged(others, segments=segments, layout=layout)


def matches_in(marked: str, *, language: str | None) -> Matches:
    """Every rule that matches in a folded text with its tools marked: of its language and English, or else of the others."""
    # One search for what all rules need: there are two dozen languages to try, and most texts mention AI in none.
    windows = windows_in(marked)
    if not windows:
        return Matches((), ())
    found = _matches_of(windows, detectors=detectors_for(language))
    return Matches(windows, _in_reading_order(found or _matches_of(windows, detectors=other_detectors(language))))


def _in_reading_order(matches: Iterable[tuple[Detector, Match]]) -> list[tuple[Detector, Match]]:
    return sorted(matches, key=lambda pair: (pair[1].span.start, -pair[1].span.end))


def _matches_of(windows: Sequence[Window], *, detectors: Iterable[Detector]) -> list[tuple[Detector, Match]]:
    return [(detector, match) for detector in detectors for match in detector.matches(windows)]


def judged(matches: Iterable[tuple[Detector, Match]], *, segments: Segments, layout: Layout) -> Iterator[Finding]:
    """The matches with what their surroundings make of each; those that are not meant are among them."""
    surroundings = Surroundings(segments, layout=layout)
    for detector, match in matches:
        place = surroundings.place_of(match.span)
        verdict = surroundings.judge(match, place=place, detector=detector)
        yield from (Finding(detector, told, place, verdict) for told in detector.told_by(match, folded=segments.text))


def with_their_betters(findings: Sequence[Finding]) -> Iterator[tuple[Finding, Finding | None]]:
    """Each finding with the one that says the same better or before it; None for those that stay: each statement once."""
    by_line: dict[Span, list[Finding]] = {}
    for finding in findings:
        by_line.setdefault(finding.place.line, []).append(finding)
    for neighbours in by_line.values():
        kept: list[Finding] = []
        outdoing = _without_circles([_one_that_outdoes(finding, neighbours) for finding in neighbours], findings=neighbours)
        for finding, other in zip(neighbours, outdoing, strict=True):
            better = None if other is None else neighbours[other]
            better = better or next((another for another in kept if _repeats(finding, another)), None)
            if better is None:
                kept.append(finding)
            yield finding, better


def _one_that_outdoes(finding: Finding, neighbours: Sequence[Finding]) -> int | None:
    """The index of the first of its neighbours that says better what it says."""
    return next((index for index, other in enumerate(neighbours) if _outdoes(other, finding)), None)


def _without_circles(outdoing: list[int | None], *, findings: Sequence[Finding]) -> list[int | None]:
    """The indices of those that outdo each, where of several that outdo each other in a circle the longest is outdone by none."""
    looked_at: set[int] = set()
    for first in range(len(outdoing)):
        path: list[int] = []
        step: int | None = first
        while step is not None and step not in looked_at:
            looked_at.add(step)
            path.append(step)
            step = outdoing[step]
        if step in path:
            longest = max(path[path.index(step) :], key=lambda index: findings[index].length)
            outdoing[longest] = None
    return outdoing


def _outdoes(one: Finding, other: Finding) -> bool:
    """Whether `one` says better what `other` says of the same words."""
    mine, its = one.match.rule, other.match.rule
    if not one.match.span.overlaps(other.match.span):
        return False
    if mine.polarity != its.polarity:
        return mine.polarity == "denied" and one.match.span.start <= other.match.span.start
    if mine.shared != its.shared:
        return its.shared
    return _tells_more(one, other)


def _tells_more(one: Finding, other: Finding) -> bool:
    """Whether `one` says better what `other` says, where both affirm or both deny it."""
    mine, its = one.match.rule, other.match.rule
    vague = ("assisted_unspecified", "unspecified")
    if mine.activity_from != its.activity_from:
        knows = mine.activity_from == "rule"
        says_the_same = mine.activity == its.activity or (mine.scope_level == "component" and its.scope_level == "article")
        return (knows and (its.activity in vague or says_the_same)) or (not knows and its.activity in vague and mine.activity not in vague)
    if mine.activity_from == "words":
        return its.activity in vague and mine.activity not in vague
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
