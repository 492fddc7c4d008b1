"""How a text was judged, step by step, for people who ask why. The same functions decide as in `engine`; nothing here does."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final, Literal

from kabar_contracts.disclosure import vocabulary

from kabar_enrich.disclosure.detector import detectors_for
from kabar_enrich.disclosure.engine import evidence_span, matched
from kabar_enrich.disclosure.findings import FINDINGS, Finding, considered_of, with_their_betters
from kabar_enrich.disclosure.layout import Layout
from kabar_enrich.disclosure.meanings import EFFECTS, FILLS, REACHES, SCOPES, meaning_of
from kabar_enrich.disclosure.segments import Segments, Span, segmented
from kabar_enrich.disclosure.surroundings import Cause
from kabar_enrich.disclosure.unmarked import Unmarked

PASSAGES: Final = 100
"""Paragraphs of one article that are told of; the first ones in reading order."""
LONGEST_PASSAGE: Final = 2_000
"""Code points of a paragraph that are shown."""
NEAREST: Final = 3
"""Rules that come near one paragraph."""
NEARLY: Final = 10
"""Paragraphs without a match for which the nearest rules are looked for: every rule is taken to pieces for each."""
_OWN_AND_ENGLISH: Final = 2

Outcome = Literal["counts", "kept", "dropped", "said_better"]
"""It is a disclosure of this article; it is kept in the record and does not count; it is left out; another rule says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One question that was asked of a match. Later ones are not asked once one is not passed."""

    asked: str
    answer: str
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Considered:
    """A rule that matched, and each step of what was made of it. Offsets are code points of the source text."""

    rule: str
    language: str
    meaning: str
    words: str
    start: int
    end: int
    evidence_start: int
    evidence_end: int
    steps: tuple[Step, ...]
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class NearRule:
    """A rule that did not match, and the pieces of its nearest pattern that are not there; none when only their order is another."""

    rule: str
    meaning: str
    lacks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A paragraph that names AI, a tool or a machine, and what every rule that matched made of it."""

    text: str
    start: int
    end: int
    position: vocabulary.PositionClass
    considered: tuple[Considered, ...]
    nearest: tuple[NearRule, ...]
    """The rules that come nearest, where none matched."""

    @property
    def counts(self) -> bool:
        """Whether a disclosure stands in it."""
        return any(one.outcome == "counts" for one in self.considered)


def trace_text(source_text: str, *, layout: Layout, language: str | None) -> tuple[Passage, ...]:
    """The paragraphs of a text that could disclose something, in reading order, with the judgement of each."""
    left, marked, matches = matched(source_text, language)
    layout = left.within(layout)
    segments = segmented(marked)
    if not segments.lines:
        return ()
    considered = considered_of(matches, segments=segments, layout=layout, language=language)
    findings = list(islice(considered, FINDINGS))
    betters = _betters(finding for finding in findings if finding.effect != "not_meant")
    by_line: dict[Span, list[Finding]] = {}
    for finding in findings:
        by_line.setdefault(finding.place.line, []).append(finding)
    lines = sorted({*by_line, *_lines_with_mentions(segments, language=language)}, key=lambda span: span.start)[:PASSAGES]
    unmatched = [line for line in lines if line not in by_line][:NEARLY]
    return tuple(
        Passage(
            text=left.place(Span(line.start, min(line.end, line.start + LONGEST_PASSAGE))).of(source_text),
            start=left.place(line).start,
            end=left.place(line).end,
            position=layout.position_of(line, segments=segments),
            considered=tuple(
                _considered(one, better=betters.get(id(one)), source_text=source_text, left=left) for one in by_line.get(line, ())
            ),
            nearest=tuple(_nearest(line.of(marked), language=language)) if line in unmatched else (),
        )
        for line in lines
    )


def _betters(meant: Iterable[Finding]) -> dict[int, Finding]:
    return {id(finding): better for finding, better in with_their_betters(list(meant)) if better is not None}


def _lines_with_mentions(segments: Segments, *, language: str | None) -> Iterator[Span]:
    for detector in detectors_for(language):
        for mention in detector.mentions(segments.text):
            yield segments.lines[segments.line_index(mention.start)]


def _considered(finding: Finding, *, better: Finding | None, source_text: str, left: Unmarked) -> Considered:
    rule, span, shown = finding.match.rule, left.place(finding.match.span), left.place(evidence_span(finding))
    steps = [*_asked_of_surroundings(finding)]
    outcome: Outcome = "dropped"
    if finding.effect != "not_meant":
        steps.append(_asked_of_others(better))
        outcome = "said_better"
    if finding.effect != "not_meant" and better is None:
        steps.append(_asked_of_scope(finding))
        outcome = "counts" if finding.counts else "kept"
    return Considered(
        rule=rule.id,
        language=finding.detector.language,
        meaning=meaning_of(rule),
        words=span.of(source_text),
        start=span.start,
        end=span.end,
        evidence_start=shown.start,
        evidence_end=shown.end,
        steps=tuple(steps),
        outcome=outcome,
    )


_QUESTIONS: Final[dict[Cause, str]] = {
    "question": "is it stated, not asked?",
    "reply": "is it answered as the rule wants, where it asks?",
    "position": "does it stand where the rule holds?",
    "name": "is it more than somebody's name?",
    "fills": "is it as much of its sentence as the rule asks for?",
    "form": "is it told, not to be ticked or shown by a program?",
    "beside": "does the paragraph hold what the rule asks for?",
    "unless": "is it free of words that rule it out?",
    "quotation_marks": "is it outside quotation marks?",
    "guard": "does the context leave it as it is?",
}
"""In the order in which the engine asks."""


def _guard_told(finding: Finding) -> str:
    guard = finding.verdict.guard
    return "" if guard is None else f"{guard.id} holds {REACHES[guard.reach]}: {EFFECTS[guard.effect]}"


_YES: Final[dict[Cause, Callable[[Finding], str]]] = {
    "question": lambda one: "an answer is looked for" if one.match.rule.reply else "its sentence does not end with a question mark",
    "reply": lambda one: f"the answer is {one.match.rule.reply}" if one.match.rule.reply else "the rule waits for no answer",
    "position": lambda one: f"{one.place.position}; the rule holds {_where(one)}",
    "name": lambda _: "no name follows",
    "fills": lambda one: f"it must {FILLS[one.match.rule.fills]}, and does",
    "form": lambda _: "no box, no line of a program",
    "beside": lambda one: "it does" if one.match.rule.beside else "the rule asks for nothing",
    "unless": lambda one: "it is" if one.match.rule.unless else "the rule knows none",
    "quotation_marks": lambda _: "nobody is quoted",
    "guard": lambda one: f"no guard of «{one.detector.language}» holds",
}
_NO: Final[dict[Cause, Callable[[Finding], str]]] = {
    "question": lambda _: "its sentence is a question",
    "reply": lambda one: f"nothing right after it answers {one.match.rule.reply}",
    "position": lambda one: f"{one.place.position}; the rule holds {_where(one)}",
    "name": lambda _: "it ends in the name of a person or a thing",
    "fills": lambda one: f"it must {FILLS[one.match.rule.fills]}, and does not",
    "form": lambda _: "it is a box that is not ticked, or what a program would show",
    "beside": lambda _: "neither its paragraph nor the line before speaks of this article",
    "unless": lambda _: "it speaks of something else, or denies it",
    "quotation_marks": lambda _: "it stands between quotation marks: somebody else's words",
    "guard": _guard_told,
}


def _asked_of_surroundings(finding: Finding) -> Iterator[Step]:
    for cause, asked in _QUESTIONS.items():
        passed = cause != finding.verdict.cause
        yield Step(asked=asked, answer=(_YES if passed else _NO)[cause](finding), passed=passed)
        if not passed:
            return


def _where(finding: Finding) -> str:
    positions = finding.match.rule.positions
    return f"in {', '.join(positions)}" if positions else "anywhere"


def _asked_of_others(better: Finding | None) -> Step:
    asked = "does no other rule say it better?"
    if better is None:
        return Step(asked=asked, answer="it is the most telling one on these words", passed=True)
    return Step(asked=asked, answer=f"{better.match.rule.id} says better, or before, what these words say", passed=False)


def _asked_of_scope(finding: Finding) -> Step:
    about = SCOPES[finding.match.rule.scope_level]
    if finding.counts:
        return Step(asked="is it about this article?", answer=f"it speaks of {about}", passed=True)
    told = f"it speaks of {about}" if finding.effect is None else EFFECTS[finding.effect]
    return Step(asked="is it about this article?", answer=f"{told}; it stays in the record and does not count", passed=False)


def _nearest(line: str, *, language: str | None) -> Iterator[NearRule]:
    """None where the rules of all languages are tried: it would take seconds, and tell of languages that the text is not in."""
    detectors = detectors_for(language)
    misses = [miss for detector in detectors if len(detectors) <= _OWN_AND_ENGLISH for miss in detector.near_misses(line)]
    for miss in sorted(misses, key=lambda one: one.distance)[:NEAREST]:
        yield NearRule(rule=miss.rule.id, meaning=meaning_of(miss.rule), lacks=miss.lacks)
