"""What a text says about the use of AI in making it: a pure function of the text, its layout and its language."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from kabar_contracts.disclosure import vocabulary
from kabar_contracts.disclosure.assertion import Assertion, Evidence, HumanReview
from kabar_enrich.disclosure.detector import Detector, Match, ReviewMatch, detectors_for, tools_in
from kabar_enrich.disclosure.layout import Layout
from kabar_enrich.disclosure.rulebook import Effect, Fills, Reach
from kabar_enrich.disclosure.segments import Segments, Span, fold, quoted_spans, segmented, stripped

NEIGHBOURHOOD: Final = 32
"""Code points of an evidence's prefix and suffix."""
ASSERTIONS: Final = 40
"""An article that says more different things about AI than this is cut here; the first ones in reading order stay."""
EVIDENCES: Final = 5
"""Places kept of one and the same statement."""
_LONGEST_SENTENCE: Final = 600
"""A longer sentence is no evidence a person can take in: the match itself is."""
_ENDINGS: Final = "*_.!…)]}|/;:,~\"' "
_LABEL_CHARACTERS: Final = 30
_BREAKS: Final = "()[]|/;•·\n"

_SCOPES: Final[dict[Effect, vocabulary.ScopeLevel]] = {"quoted": "quoted", "site_policy": "site", "third_party": "third_party"}
_MODALITIES: Final[dict[Effect, vocabulary.Modality]] = {
    "site_policy": "conditional_policy",
    "hedged": "hedged",
    "future": "future",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that matched and what its surroundings make of it."""

    detector: Detector
    match: Match
    line: Span
    sentence: Span
    position: vocabulary.PositionClass
    effect: Effect | None = None

    @property
    def counts(self) -> bool:
        """Whether it speaks of this article, for certain or with a hedge."""
        return self.effect in (None, "hedged") and self.match.rule.scope_level in ("article", "component")


def read_text(source_text: str, *, layout: Layout, language: str | None) -> tuple[Assertion, ...]:
    """The assertions that stand in `source_text`, in reading order, with evidence that `Evidence.stands_in` confirms.

    Statements about other things than this article are among them with the scope that says so; they do not count.
    The time is linear in the length of the text.
    """
    folded = fold(source_text)
    findings = findings_in(folded, layout=layout, language=language)
    if not findings:
        return ()
    segments = segmented(folded)
    merged: dict[tuple[str, str], Assertion] = {}
    for finding in findings:
        assertion = _assertion(finding, source_text=source_text, segments=segments, layout=layout)
        key = (assertion.method, assertion.evidence[0].exact)
        if key in merged:
            merged[key] = _with_another_place(merged[key], assertion)
        elif len(merged) < ASSERTIONS:
            merged[key] = assertion
    return tuple(assertion.model_copy(update={"id": f"a{number}"}) for number, assertion in enumerate(merged.values(), start=1))


def findings_in(folded: str, *, layout: Layout, language: str | None) -> list[Finding]:
    """What the rules find in a folded text, in reading order, each statement once."""
    matches = [(detector, match) for detector in detectors_for(language) for match in detector.matches(folded)]
    if not matches:
        return []
    segments = segmented(folded)
    ordered = sorted(matches, key=lambda pair: (pair[1].span.start, -pair[1].span.end))
    quotes: dict[Span, tuple[Span, ...]] = {}
    cut: dict[Span, tuple[Span, ...]] = {}
    opening = _title_and_opening(segments, layout=layout)
    judged: list[Finding] = []
    for detector, match in ordered:
        line = segments.lines[segments.line_index(match.span.start)]
        if line not in cut:
            cut[line], quotes[line] = segments.sentences(line), quoted_spans(folded, line)
        sentence = _sentence_of(match.span, sentences=cut[line])
        position = layout.position_of(match.span, segments=segments)
        finding = Finding(detector, match, line, sentence, position)
        judged += _judged(finding, segments=segments, quotes=quotes[line], sentences=cut[line], opening=opening)
    return list(_without_repetitions(judged))


def _judged(
    finding: Finding, *, segments: Segments, quotes: Sequence[Span], sentences: Sequence[Span], opening: str
) -> Iterator[Finding]:
    """The finding with the effect of its surroundings; nothing when it does not mean what it seems to."""
    text, match, rule = segments.text, finding.match, finding.match.rule
    if rule.positions and finding.position not in rule.positions:
        return
    if text[finding.sentence.end - 1] == "?":
        return
    if not _fills(finding, rule.fills, text=text):
        return
    if any(quote.holds(match.span) for quote in quotes):
        yield replace(finding, effect="quoted")
        return
    before = Span(finding.sentence.start, match.span.start)
    texts: dict[Reach, str] = {
        "sentence": finding.sentence.of(text),
        "before": before.of(text),
        "outside": before.of(text) + " ¦ " + text[match.span.end : finding.sentence.end],
        "lead_in": _lead_in(finding, segments=segments, sentences=sentences),
        "article": opening,
    }
    effect = finding.detector.effect(texts, about=rule.object)
    if effect != "not_meant":
        yield replace(finding, effect=effect)


def _fills(finding: Finding, fills: Fills, *, text: str) -> bool:
    """Whether a match is as much of its surroundings as its rule asks for."""
    span, sentence = finding.match.span, finding.sentence
    if fills == "part":
        return True
    if fills == "segment":
        return _is_a_segment(span, sentence=sentence, text=text)
    whole = sentence if fills != "line" or finding.position == "caption" else finding.line
    if not _is_an_opening(text[whole.start : span.start]):
        return False
    return fills == "start" or not text[span.end : whole.end].strip(_ENDINGS)


def _is_an_opening(before: str) -> bool:
    """Whether nothing stands before a match but marks and a label such as «Editor's note:»."""
    rest = "".join(mark for mark in before if mark.isalnum() or mark in " (").strip(" ")
    is_label = before.rstrip(" *_").endswith((":", "-", "|", ".")) and len(rest) <= _LABEL_CHARACTERS
    return not rest.strip("( ") or (is_label and "(" not in rest)


def _is_a_segment(span: Span, *, sentence: Span, text: str) -> bool:
    before = text[max(0, span.start - 2) : span.start].rstrip(" *_")
    after = text[span.end : span.end + 2].lstrip(" *_")
    opens = span.start <= sentence.start or not before or before[-1] in _BREAKS + ".-,"
    closes = span.end >= sentence.end or not after or after[0] in _BREAKS + ".,"
    return opens and closes


def _lead_in(finding: Finding, *, segments: Segments, sentences: Sequence[Span]) -> str:
    """The sentence or line before, when it ends with a colon; what it announces stands here."""
    index = segments.line_index(finding.line.start)
    if sentences and finding.sentence.start > sentences[0].start:
        before = next(one for one in reversed(sentences) if one.start < finding.sentence.start).of(segments.text)
    else:
        before = segments.lines[index - 1].of(segments.text) if index > 0 else ""
    return before if before.endswith(":") else ""


def _title_and_opening(segments: Segments, *, layout: Layout) -> str:
    title = layout.title.of(segments.text) if layout.title is not None else ""
    first = layout.first_block or (segments.lines[0] if segments.lines else Span(0, 0))
    return f"{title}\n{first.of(segments.text)}"


def _sentence_of(span: Span, *, sentences: Iterable[Span]) -> Span:
    """The sentence that holds a match, or all those that it touches."""
    touched = [sentence for sentence in sentences if sentence.overlaps(span)]
    if not touched:
        return span
    return Span(min(touched[0].start, span.start), max(touched[-1].end, span.end))


def _without_repetitions(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Each statement once: of several rules on the same words the most telling one stays."""
    by_line: dict[Span, list[Finding]] = {}
    for finding in findings:
        by_line.setdefault(finding.line, []).append(finding)
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
        holds_more = one.match.span.holds(other.match.span) and _length(one) > _length(other)
        held = other.match.span.holds(one.match.span) and _length(other) > _length(one)
        return holds_more or (not held and its.activity in vague and mine.activity not in vague)
    return _length(one) > _length(other) or (_length(one) == _length(other) and mine.activity == "none" and its.activity != "none")


def _repeats(one: Finding, other: Finding) -> bool:
    mine, its = one.match.rule, other.match.rule
    return one.sentence == other.sentence and (mine.activity, mine.object, mine.polarity) == (its.activity, its.object, its.polarity)


def _length(finding: Finding) -> int:
    return finding.match.span.end - finding.match.span.start


def _assertion(finding: Finding, *, source_text: str, segments: Segments, layout: Layout) -> Assertion:
    rule, effect, detector = finding.match.rule, finding.effect, finding.detector
    sentence = finding.sentence.of(segments.text)
    elsewhere = effect in ("quoted", "third_party")
    place = _evidence_span(finding)
    return Assertion(
        id="a0",
        channel="body_text",
        polarity=rule.polarity,
        modality=_MODALITIES.get(effect, rule.modality) if effect else rule.modality,
        activity=rule.activity,
        degree=rule.degree if rule.degree != "unspecified" else detector.degree(sentence),
        object=rule.object,
        scope_level=_SCOPES.get(effect, rule.scope_level) if effect else rule.scope_level,
        human_review=_review(finding, source_text=source_text, segments=segments, layout=layout),
        tools=tools_in(place.of(source_text)),
        asserted_by="third_party" if elsewhere else "publisher",
        trust="unsigned_self_declared",
        lang=detector.language,
        method=rule.id,
        evidence=(evidence(place, source_text=source_text, position=finding.position, layout=layout),),
    )


def _evidence_span(finding: Finding) -> Span:
    sentence, span = finding.sentence, finding.match.span
    too_long = sentence.end - sentence.start > _LONGEST_SENTENCE
    return span if too_long or finding.match.rule.fills == "segment" else sentence


def evidence(place: Span, *, source_text: str, position: vocabulary.PositionClass, layout: Layout) -> Evidence:
    """The piece of `source_text` at this place, with its neighbours."""
    exact = place.of(source_text)
    return Evidence(
        source="source_text",
        exact=exact,
        prefix=source_text[max(0, place.start - NEIGHBOURHOOD) : place.start],
        suffix=source_text[place.end : place.end + NEIGHBOURHOOD],
        start=place.start,
        end=place.end,
        position_class=position,
        in_cleaned_body=_spaced_once(exact) in _spaced_once(layout.cleaned_body),
    )


def _spaced_once(text: str) -> str:
    return " ".join(fold(text).split())


def _review(finding: Finding, *, source_text: str, segments: Segments, layout: Layout) -> HumanReview:
    """What is claimed about a person's part: in the sentence, the rest of its line, or the line below."""
    index = segments.line_index(finding.line.start)
    places = [finding.sentence, finding.line, *segments.lines[index + 1 : index + 2]]
    for place in places:
        bounded = Span(place.start, min(place.end, place.start + 4 * _LONGEST_SENTENCE))
        folded = bounded.of(segments.text)
        found = min(finding.detector.reviews(folded), key=_review_order, default=None)
        if found is not None:
            span = stripped(segments.text, Span(bounded.start + found.span.start, bounded.start + found.span.end))
            position = layout.position_of(span, segments=segments)
            return HumanReview(
                claim=found.review.claim,
                by=found.by,
                reviewer_name=found.name,
                editorial_responsibility_claimed=any(
                    finding.detector.claims_responsibility(one.of(segments.text)[: 4 * _LONGEST_SENTENCE]) for one in places
                ),
                evidence=(evidence(span, source_text=source_text, position=position, layout=layout),),
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


def _with_another_place(assertion: Assertion, other: Assertion) -> Assertion:
    places = tuple(islice((*assertion.evidence, *other.evidence), EVIDENCES))
    return assertion.model_copy(update={"evidence": places})
