"""What assertions say together."""

from typing import Any

import pytest
from assertions import asserted
from kabar_contracts.disclosure.assertion import Assertion, HumanReview, Tool
from kabar_contracts.disclosure.summary import Summary, summarise


def denied(**meaning: Any) -> Assertion:
    return asserted(polarity="denied", activity="none", **meaning)


def summary_of(*assertions: Assertion) -> Summary:
    return summarise(assertions, channels_assessed=["body_text"])


def test_nothing_said_in_a_channel_that_was_read_is_none_found() -> None:
    assert summary_of().status == "none_found"
    assert summary_of().scope_level is None


def test_nothing_to_look_at_is_not_assessed() -> None:
    assert summarise((), channels_assessed=()).status == "not_assessed"


def test_an_admission_is_disclosed() -> None:
    summary = summary_of(asserted())

    assert (summary.status, summary.activities, summary.objects) == ("disclosed_ai_used", ("edited_improved",), ("article_text",))
    assert not summary.conflict


def test_a_denial_is_a_claim_of_its_own() -> None:
    summary = summary_of(denied())

    assert (summary.status, summary.activities) == ("disclosed_no_ai", ("none",))


def test_a_denied_activity_is_not_listed_as_what_ai_did() -> None:
    summary = summary_of(asserted(polarity="denied", activity="generated"))

    assert (summary.status, summary.activities) == ("disclosed_no_ai", ())


@pytest.mark.parametrize("scope", ["section", "site", "third_party", "quoted"])
def test_what_is_said_of_other_things_does_not_count(scope: str) -> None:
    assert summary_of(asserted(scope_level=scope)).status == "none_found"


@pytest.mark.parametrize("modality", ["conditional_policy", "future"])
def test_habits_and_plans_do_not_count(modality: str) -> None:
    assert summary_of(asserted(modality=modality)).status == "none_found"


def test_hedges_alone_are_ambiguous() -> None:
    summary = summary_of(asserted(modality="hedged"))

    assert (summary.status, summary.activities) == ("ambiguous", ("edited_improved",))


def test_a_certain_statement_leaves_a_hedged_one_behind() -> None:
    summary = summary_of(asserted(modality="hedged", activity="generated"), asserted())

    assert (summary.status, summary.activities) == ("disclosed_ai_used", ("edited_improved",))


def test_ai_for_the_picture_and_none_for_the_text_is_mixed_without_conflict() -> None:
    picture = asserted(activity="illustrated", object="image", scope_level="component")

    summary = summary_of(picture, denied())

    assert (summary.status, summary.objects, summary.scope_level) == ("disclosed_mixed", ("image",), "component")
    assert not summary.conflict


def test_one_channel_that_affirms_and_denies_the_same_is_mixed_and_a_conflict() -> None:
    summary = summary_of(asserted(), denied())

    assert (summary.status, summary.conflict, summary.conflict_types) == ("disclosed_mixed", True, ("polarity",))


def test_a_visible_admission_beats_the_denial_of_a_template_and_the_conflict_is_shown() -> None:
    summary = summary_of(asserted(), denied(channel="html_meta"))

    assert (summary.status, summary.conflict_types) == ("disclosed_ai_used", ("channels",))
    assert summary.channels == ("body_text", "html_meta")


def test_a_hidden_admission_does_not_beat_a_visible_denial() -> None:
    summary = summary_of(asserted(channel="json_ld"), denied())

    assert (summary.status, summary.conflict_types) == ("disclosed_mixed", ("channels",))


def test_denying_one_activity_does_not_contradict_another() -> None:
    summary = summary_of(asserted(activity="translated"), asserted(polarity="denied", activity="generated"))

    assert (summary.status, summary.conflict) == ("disclosed_mixed", False)


def test_channels_that_name_different_makings_are_in_conflict() -> None:
    summary = summary_of(asserted(), asserted(channel="producer_field", activity="generated"))

    assert (summary.status, summary.conflict_types) == ("disclosed_ai_used", ("activity",))


def test_an_unspecified_help_agrees_with_every_making() -> None:
    assert not summary_of(asserted(), asserted(channel="producer_field", activity="assisted_unspecified")).conflict


def test_review_claimed_and_denied_is_a_conflict_and_the_admission_leads() -> None:
    summary = summary_of(
        asserted(human_review=HumanReview(claim="human_validated")),
        asserted(activity="translated", human_review=HumanReview(claim="explicitly_none")),
    )

    assert (summary.human_review, summary.conflict_types) == ("explicitly_none", ("human_review",))


def test_lists_are_in_the_order_of_the_vocabulary_and_name_each_thing_once() -> None:
    summary = summary_of(
        asserted(activity="illustrated", object="image", tools=(Tool(name="Midjourney"),)),
        asserted(activity="generated", tools=(Tool(name="ChatGPT"), Tool(name="midjourney"))),
        asserted(activity="generated", channel="json_ld"),
    )

    assert summary.activities == ("generated", "illustrated")
    assert summary.objects == ("article_text", "image")
    assert [tool.name for tool in summary.tools] == ["Midjourney", "ChatGPT"]


def test_automation_without_ai_is_neither_a_disclosure_nor_a_denial() -> None:
    summary = summary_of(asserted(activity="automated_nonai"))

    assert (summary.status, summary.activities) == ("none_found", ("automated_nonai",))
