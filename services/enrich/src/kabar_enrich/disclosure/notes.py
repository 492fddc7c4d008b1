"""Whether a paragraph is a disclosure and nothing else, so that it can be left out of the body."""

from typing import Final

from kabar_enrich.disclosure.detector import Detector
from kabar_enrich.disclosure.findings import Finding, findings_in
from kabar_enrich.disclosure.layout import Layout
from kabar_enrich.disclosure.segments import fold

LONGEST_NOTE: Final = 1_200
"""Code points: a longer paragraph is never a note alone."""


def is_disclosure_note(paragraph: str, *, language: str | None) -> bool:
    """Whether every sentence of the paragraph discloses the use of AI in this article, or who checked it.

    All rules are tried where the language is None, `und` or has none.
    """
    if not paragraph or len(paragraph) > LONGEST_NOTE:
        return False
    reading = findings_in(fold(paragraph), layout=Layout(), language=language)
    findings = [finding for finding in reading.findings if finding.counts]
    if not findings:
        return False
    disclosing = {finding.place.sentence for finding in findings if _leads(finding)}
    return all(
        any(sentence.overlaps(span) for span in disclosing)
        or _is_about_review(sentence.of(reading.segments.text), detector=findings[0].detector)
        for line in reading.segments.lines
        for sentence in reading.segments.sentences(line)
    )


def _leads(finding: Finding) -> bool:
    """Whether the sentence is about the disclosure: it fills at least half of it or begins it."""
    span, sentence = finding.match.span, finding.place.sentence
    return 2 * (span.end - span.start) >= sentence.end - sentence.start or span.start <= sentence.start


def _is_about_review(sentence: str, *, detector: Detector) -> bool:
    return bool(detector.reviews(sentence)) or detector.claims_responsibility(sentence)
