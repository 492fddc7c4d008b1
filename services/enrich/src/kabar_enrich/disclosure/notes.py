"""Whether a paragraph is a disclosure and nothing else, so that it can be left out of the body."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, chain
from typing import Final

from kabar_enrich.disclosure.detector import Detector, lines_with_mentions
from kabar_enrich.disclosure.findings import Finding, findings_in
from kabar_enrich.disclosure.layout import Layout
from kabar_enrich.disclosure.segments import Span, fold
from kabar_enrich.disclosure.tools import with_tools_marked
from kabar_enrich.disclosure.unmarked import unmarked

LONGEST_NOTE: Final = 1_200
"""Code points: a longer paragraph is never a note alone."""
LOOKED_AT: Final = 100
"""Paragraphs that mention AI, from the top of an article and from its end each, of which every one is tried with all rules.

Notes stand above a text or below it; this is for texts that name AI in thousands of lines.
"""


def disclosure_notes(paragraphs: Sequence[str], *, language: str | None) -> frozenset[int]:
    """Which of the paragraphs are such notes, by their indices.

    One search over all of them says which ones mention AI; the others are not looked at.
    """
    text = with_tools_marked(fold("\n".join(paragraphs)))
    starts = list(accumulate((len(paragraph) + 1 for paragraph in paragraphs), initial=0))
    mentioning = list(dict.fromkeys(chain.from_iterable(_touched(starts, by=mention) for mention in lines_with_mentions(text))))
    looked_at = {*mentioning[:LOOKED_AT], *mentioning[-LOOKED_AT:]}
    # What stands there again is judged once.
    notes = {paragraph for paragraph in {paragraphs[index] for index in looked_at} if is_disclosure_note(paragraph, language=language)}
    return frozenset(index for index in looked_at if paragraphs[index] in notes)


def _touched(starts: Sequence[int], *, by: Span) -> range:
    """The paragraphs of which a piece is in the span, given where each begins."""
    return range(bisect_right(starts, by.start) - 1, bisect_right(starts, by.end - 1))


def is_disclosure_note(paragraph: str, *, language: str | None) -> bool:
    """Whether every sentence of the paragraph discloses the use of AI in this article, or who checked it.

    All rules are tried where the language is None, `und` or has none.
    """
    if not paragraph or len(paragraph) > LONGEST_NOTE:
        return False
    reading = findings_in(fold(unmarked(paragraph).text), layout=Layout(), language=language)
    findings = [finding for finding in reading.findings if finding.counts]
    if not findings:
        return False
    disclosing = {finding.place.sentence for finding in findings if _leads(finding)}
    disclosing |= {finding.verdict.reply for finding in findings if finding.verdict.reply is not None}
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
