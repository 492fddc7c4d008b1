"""What a text says about the use of AI in making it: a pure function of the text, its layout and its language."""

from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import Final, NamedTuple

from kabar_contracts.disclosure import vocabulary
from kabar_contracts.disclosure.assertion import CONTEXT, Assertion, Evidence, HumanReview

from kabar_enrich.disclosure.detector import ReviewMatch
from kabar_enrich.disclosure.findings import Finding, Matches, findings_among, matches_in
from kabar_enrich.disclosure.layout import Layout
from kabar_enrich.disclosure.rulebook import Effect
from kabar_enrich.disclosure.segments import Segments, Span, fold, stripped
from kabar_enrich.disclosure.tools import tools_in, with_tools_marked
from kabar_enrich.disclosure.unmarked import Unmarked, unmarked

ASSERTIONS: Final = 40
"""An article that says more different things about AI than this is cut here; the first ones in reading order stay."""
EVIDENCES: Final = 5
"""Places kept of one and the same statement."""
_LONGEST_SENTENCE: Final = 600
"""A longer sentence is no evidence a person can take in: the match itself is."""

_SCOPES: Final[dict[Effect, vocabulary.ScopeLevel]] = {"quoted": "quoted", "site_policy": "site", "third_party": "third_party"}
_MODALITIES: Final[dict[Effect, vocabulary.Modality]] = {
    "site_policy": "conditional_policy",
    "hedged": "hedged",
    "future": "future",
}


class Matched(NamedTuple):
    """What the rules match in a text, before its surroundings judge it."""

    left: Unmarked
    marked: str
    """What is left, folded and with its tools marked."""
    matches: Matches


@lru_cache(maxsize=1)
def matched(source_text: str, language: str | None) -> Matched:
    """What the rules match in `source_text`. The last one is remembered: who takes notes out of the body asks as well."""
    left = unmarked(source_text)
    marked = with_tools_marked(fold(left.text))
    return Matched(left, marked, matches_in(marked, language=language))


def read_text(source_text: str, *, layout: Layout, language: str | None) -> tuple[Assertion, ...]:
    """The assertions that stand in `source_text`, in reading order, with evidence that `Evidence.stands_in` confirms.

    Statements about other things than this article are among them with the scope that says so; they do not count.
    The time is linear in the length of the text.
    """
    left, marked, matches = matched(source_text, language)
    layout = left.within(layout)
    reading = findings_among(matches, marked=marked, layout=layout, language=language)
    merged: dict[tuple[str, str, str], Assertion] = {}
    layout = replace(layout, cleaned_body=spaced_once(layout.cleaned_body)) if reading.findings else layout
    for finding in reading.findings:
        assertion = _assertion(finding, source_text=source_text, left=left, segments=reading.segments, layout=layout)
        key = (assertion.method, assertion.activity, assertion.evidence[0].exact)
        if key in merged:
            merged[key] = _with_another_place(merged[key], assertion)
        elif len(merged) < ASSERTIONS:
            merged[key] = assertion
    return tuple(assertion.model_copy(update={"id": f"a{number}"}) for number, assertion in enumerate(merged.values(), start=1))


def _assertion(finding: Finding, *, source_text: str, left: Unmarked, segments: Segments, layout: Layout) -> Assertion:
    rule, effect, detector = finding.match.rule, finding.effect, finding.detector
    sentence = finding.place.sentence.of(segments.text)[: 4 * _LONGEST_SENTENCE]
    elsewhere = effect in ("quoted", "third_party")
    place = left.place(evidence_span(finding))
    return Assertion(
        id="a0",
        channel="body_text",
        polarity=rule.polarity,
        modality=_MODALITIES.get(effect, rule.modality) if effect else rule.modality,
        activity=rule.activity,
        degree=rule.degree if rule.degree != "unspecified" else detector.degree(sentence),
        object=rule.object,
        scope_level=_SCOPES.get(effect, rule.scope_level) if effect else rule.scope_level,
        human_review=_review(finding, source_text=source_text, left=left, segments=segments, layout=layout),
        tools=tools_in(place.of(source_text)[: 4 * _LONGEST_SENTENCE]),
        asserted_by="third_party" if elsewhere else "publisher",
        trust="unsigned_self_declared",
        lang=detector.language,
        method=rule.id,
        evidence=(evidence(place, source_text=source_text, position=finding.place.position, layout=layout),),
    )


def evidence_span(finding: Finding) -> Span:
    """The piece of text that shows a finding: its sentence, with the answer to it where it asks, or what the rule matched."""
    sentence, span, reply = finding.place.sentence, finding.match.span, finding.verdict.reply
    if reply is not None:
        asked_and_answered = Span(sentence.start, reply.end)
        return reply if asked_and_answered.end - asked_and_answered.start > _LONGEST_SENTENCE else asked_and_answered
    too_long = sentence.end - sentence.start > _LONGEST_SENTENCE
    return span if too_long or finding.match.rule.fills == "segment" else sentence


def evidence(place: Span, *, source_text: str, position: vocabulary.PositionClass, layout: Layout) -> Evidence:
    """The piece of `source_text` at this place, with its neighbours. `layout.cleaned_body` is `spaced_once`."""
    exact = place.of(source_text)
    return Evidence(
        source="source_text",
        exact=exact,
        prefix=source_text[max(0, place.start - CONTEXT) : place.start],
        suffix=source_text[place.end : place.end + CONTEXT],
        start=place.start,
        end=place.end,
        position_class=position,
        in_cleaned_body=spaced_once(exact) in layout.cleaned_body,
    )


def spaced_once(text: str) -> str:
    """The text with single spaces for all white space, to compare what cleaning may have joined or parted."""
    return " ".join(fold(text).split())


def _review(finding: Finding, *, source_text: str, left: Unmarked, segments: Segments, layout: Layout) -> HumanReview:
    """What is claimed about a person's part: in the sentence, the rest of its line, or the line below."""
    index = segments.line_index(finding.place.line.start)
    places = [finding.place.sentence, finding.place.line, *segments.lines[index + 1 : index + 2]]
    for place in places:
        bounded = Span(place.start, min(place.end, place.start + 4 * _LONGEST_SENTENCE))
        folded = bounded.of(segments.text)
        found = min(finding.detector.reviews(folded), key=_review_order, default=None)
        if found is not None:
            span = stripped(segments.text, Span(bounded.start + found.span.start, bounded.start + found.span.end))
            position = layout.position_of(span, segments=segments)
            return HumanReview(
                claim=found.review.claim,
                by=_words(left, found.by, after=bounded.start),
                reviewer_name=_words(left, found.name, after=bounded.start),
                editorial_responsibility_claimed=any(
                    finding.detector.claims_responsibility(one.of(segments.text)[: 4 * _LONGEST_SENTENCE]) for one in places
                ),
                evidence=(evidence(left.place(span), source_text=source_text, position=position, layout=layout),),
            )
    return HumanReview()


_CLAIMS: Final[tuple[vocabulary.ReviewClaim, ...]] = (
    "explicitly_none",
    "partial_review",
    "human_edited",
    "human_validated",
    "supervised_unspecified",
)


def _review_order(found: ReviewMatch) -> tuple[int, int]:
    return _CLAIMS.index(found.review.claim), found.span.start


def _words(left: Unmarked, span: Span | None, *, after: int) -> str | None:
    return None if span is None else left.text[after + span.start : after + span.end]


def _with_another_place(assertion: Assertion, other: Assertion) -> Assertion:
    places = tuple(islice((*assertion.evidence, *other.evidence), EVIDENCES))
    return assertion.model_copy(update={"evidence": places})
