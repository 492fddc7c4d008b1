from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from kabar_contracts.examples import examples
from kabar_search.answers import Shown, TakenDown, answer_to, reading_of
from kabar_search.parameters import Search, read_search

NOW = datetime(2026, 5, 6, 5, 0, tzinfo=UTC)


def search(**parameters: str) -> Search:
    return read_search(parameters.items(), now=NOW, default_zone=ZoneInfo("Asia/Jakarta"))


def response(*hits: dict[str, Any], buckets: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {"took": 3, "timed_out": False, "hits": {"total": {"value": len(hits)}, "hits": list(hits)}}
    return found | ({"aggregations": {"ai": {"values": {"buckets": buckets}}}} if buckets is not None else {})


def evidence(exact: str) -> dict[str, Any]:
    return {"exact": exact, "position_class": "closing"}


def assertion(exact: str, **changes: str) -> dict[str, Any]:
    values: dict[str, Any] = {"channel": "body_text", "polarity": "affirmed", "modality": "certain", "scope_level": "article"}
    return values | changes | {"evidence": [evidence(exact)]}


def test_a_result_has_every_field_even_when_the_article_has_not() -> None:
    [result] = answer_to(search(), response({"_source": {"article_id": "a"}})).results

    assert result["article_id"] == "a"
    assert (result["title"], result["tags"], result["ai_disclosure"]) == (None, None, None)
    assert result["highlights"] == {"title": [], "lead": [], "body": []}


def test_of_two_highlights_of_one_text_the_one_with_more_marks_is_taken() -> None:
    hit = {
        "_source": {},
        "highlight": {
            "body": ["<mark>elections</mark> and an election"],
            "localized.english.body": ["<mark>elections</mark> and an <mark>election</mark>"],
        },
    }

    [result] = answer_to(search(), response(hit)).results

    assert result["highlights"]["body"] == ["<mark>elections</mark> and an <mark>election</mark>"]


def test_a_body_without_a_match_shows_its_opening_as_text() -> None:
    hit = {"_source": {}, "highlight": {"body": ["Kopi &amp; teh"], "title": ["<mark>Kopi</mark>"]}}

    [result] = answer_to(search(), response(hit)).results

    assert result["opening"] == "Kopi & teh"
    assert result["highlights"]["body"] == []


def test_evidence_is_what_counts_for_this_article_the_visible_first() -> None:
    record = {
        "summary": {"status": "disclosed_ai_used"},
        "assertions": [
            assertion("hidden", channel="html_meta"),
            assertion("of another outlet", scope_level="third_party"),
            assertion("a policy", modality="conditional_policy"),
            assertion("visible"),
        ],
    }

    [result] = answer_to(search(), response({"_source": {"ai_disclosure": record}})).results

    assert [piece["exact"] for piece in result["ai_disclosure"]["evidence"]] == ["visible", "hidden"]


def test_long_evidence_is_cut_and_says_so() -> None:
    record = {"summary": {"status": "disclosed_ai_used"}, "assertions": [assertion("x" * 501)]}

    [result] = answer_to(search(), response({"_source": {"ai_disclosure": record}})).results

    assert result["ai_disclosure"]["evidence"][0]["exact"] == "x" * 500
    assert result["ai_disclosure"]["evidence"][0]["is_cut"]


def test_the_count_of_disclosed_includes_mixed_as_its_filter_does() -> None:
    buckets = [
        {"key": "disclosed_ai_used", "doc_count": 5},
        {"key": "disclosed_mixed", "doc_count": 2},
        {"key": "none_found", "doc_count": 9},
    ]

    answer = answer_to(search(facets="ai"), response(buckets=buckets))

    assert answer.facets == {
        "ai": [{"value": "disclosed", "count": 7}, {"value": "mixed", "count": 2}, {"value": "none_found", "count": 9}]
    }


def test_every_example_of_the_contract_is_shown_as_it_was_written_unless_its_status_forbids() -> None:
    for example in examples("enriched-article"):
        reading = reading_of({"status": "usable"} | example.message)

        match example.message["status"]:
            case "usable":
                assert reading == Shown(example.message)
            case "canceled":
                assert reading == TakenDown(
                    example.message["article_id"], since=example.message["received_at"], reason=example.message["reason"]
                )
            case _:
                assert reading is None


def test_an_unknown_article_cannot_be_read() -> None:
    assert reading_of(None) is None


def test_the_whole_of_a_large_extra_is_shown_and_what_only_searching_needs_is_not() -> None:
    document = {"status": "usable", "extra": {"a": 1}, "extra_original": {"a": 1, "b": "long"}, "localized": {"english": {}}}

    assert reading_of(document) == Shown({"status": "usable", "extra": {"a": 1, "b": "long"}})
