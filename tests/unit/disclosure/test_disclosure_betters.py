"""Which of several findings on the same words stays."""

from kabar_contracts.disclosure import vocabulary
from kabar_enrich.disclosure.detector import Match, detector_for
from kabar_enrich.disclosure.findings import Finding, with_their_betters
from kabar_enrich.disclosure.rulebook import Rule
from kabar_enrich.disclosure.segments import Span
from kabar_enrich.disclosure.surroundings import Place, Verdict

SENTENCE = Span(0, 40)


def found(name: str, *, end: int, activity: vocabulary.Activity, by_its_words: bool = False) -> Finding:
    rule = Rule(
        id=f"en.{name}",
        activity=activity,
        activity_from="words" if by_its_words else "rule",
        fills="part",
        patterns=("a",),
        positive=("a",),
        negative=("b",),
    )
    place = Place(line=SENTENCE, sentence=SENTENCE, position="body", is_quoted=False, lead_in="")
    return Finding(detector_for("en"), Match(rule, Span(0, end)), place, Verdict(None))


def staying(*findings: Finding) -> list[str]:
    return [finding.match.rule.id for finding, better in with_their_betters(findings) if better is None]


def test_of_findings_that_outdo_each_other_in_a_circle_the_longest_stays() -> None:
    longest = found("vague", end=40, activity="assisted_unspecified")
    shorter = found("telling", end=30, activity="generated")
    by_words = found("by_words", end=20, activity="generated", by_its_words=True)

    # The longest outdoes the shorter, which knows better than the words, which tell more than the longest.
    assert staying(longest, shorter, by_words) == ["en.vague"]


def test_a_finding_that_another_outdoes_does_not_stay() -> None:
    assert staying(found("short", end=20, activity="generated"), found("long", end=40, activity="generated")) == ["en.long"]
