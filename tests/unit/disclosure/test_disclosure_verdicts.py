"""Why a rule that matched does not say what it says elsewhere: each cause by its name."""

import pytest
from kabar_enrich.disclosure.findings import judged, matches_in, with_their_betters
from kabar_enrich.disclosure.layout import Layout
from kabar_enrich.disclosure.segments import fold, segmented
from kabar_enrich.disclosure.tools import with_tools_marked


def causes(text: str) -> set[tuple[str | None, str | None]]:
    marked = with_tools_marked(fold(text))
    found = judged(matches_in(marked, language="en").found, segments=segmented(marked), layout=Layout())
    return {(finding.effect, finding.verdict.cause) for finding in found}


@pytest.mark.parametrize(
    ("text", "effect", "cause"),
    [
        ("This article was translated with the help of AI.", None, None),
        ("Was this article written by AI?", "not_meant", "question"),
        ("Rivals printed the note “This article was written by AI.”", "quoted", "quotation_marks"),
        ("This article may have been written by AI.", "hedged", "guard"),
    ],
)
def test_a_match_is_judged_with_its_cause(text: str, effect: str | None, cause: str | None) -> None:
    assert (effect, cause) in causes(text)


def test_a_guard_that_holds_is_told() -> None:
    marked = with_tools_marked(fold("This article may have been written by AI."))
    found = judged(matches_in(marked, language="en").found, segments=segmented(marked), layout=Layout())

    assert {finding.verdict.guard.effect for finding in found if finding.verdict.guard} == {"hedged"}


def test_what_another_rule_says_better_is_told_with_that_rule() -> None:
    marked = with_tools_marked(fold("This article was translated with the help of AI."))
    found = list(judged(matches_in(marked, language="en").found, segments=segmented(marked), layout=Layout()))

    stays = [finding for finding, better in with_their_betters(found) if better is None]
    assert len(found) > len(stays) == 1
    assert {better.match.rule.id for _, better in with_their_betters(found) if better is not None} == {stays[0].match.rule.id}


@pytest.mark.parametrize(
    "text",
    [
        "And yes, this article was written with the help of AI.",
        "\u2139\ufe0f This article was written with the help of AI.",
        "Note on transparency (as the EU AI Act asks for it): This article was written with the help of AI.",
        "(c) 2026 The Lantern · Written with the help of AI",
        "Written with the help of AI • All rights reserved to the house",
        '"note": "This article was written with the help of AI.",',
        'content="This article was written with the help of AI."',
    ],
)
def test_a_statement_may_have_a_word_or_a_label_before_it_and_a_dot_beside_it(text: str) -> None:
    assert (None, None) in causes(text)


@pytest.mark.parametrize(
    "text",
    [
        "In a long and winding essay on the matter, written with the help of AI.",
        "What the minister said in her speech to the house: This article was written with the help of AI.",
        "Pictures · All the week · Written with the help of AI, as the jury found",
        "- [ ] Written with the help of AI",
        'The minister said: "This article was written with the help of AI."',
    ],
)
def test_more_than_a_word_or_a_label_before_it_makes_a_statement_part_of_another(text: str) -> None:
    assert (None, None) not in causes(text)
