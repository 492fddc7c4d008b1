from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from kabar_search.parameters import BadParametersError, Search, read_search
from kabar_search.queries import notices_on, search_body

NOW = datetime(2026, 5, 6, 5, 0, tzinfo=UTC)


def search(**parameters: str) -> Search:
    return read_search(parameters.items(), now=NOW, default_zone=ZoneInfo("Asia/Jakarta"))


def body(**parameters: str) -> dict[str, Any]:
    return search_body(search(**parameters), timeout_ms=5_000)


def test_only_usable_articles_are_searched() -> None:
    assert body()["query"] == {"bool": {"filter": [{"term": {"status": "usable"}}]}}


def test_only_what_results_show_is_fetched() -> None:
    fetched = body()["_source"]["includes"]

    assert "title" in fetched
    assert not {"body", "blocks", "source_text", "localized", "extra"} & set(fetched)


def test_a_filter_acts_after_counting_only_when_its_own_facet_is_counted() -> None:
    counted = body(source="a.example", language="id", facets="source")

    assert counted["post_filter"] == {
        "bool": {"filter": [{"bool": {"should": [{"terms": {"source": ["a.example"]}}], "minimum_should_match": 1}}]}
    }
    assert "post_filter" not in body(source="a.example")


def test_counts_of_a_facet_ignore_its_own_filter_and_heed_the_others() -> None:
    counts = body(source="a.example", ai="denied", facets="source,ai")["aggs"]

    assert [clause["bool"]["should"] for clause in counts["source"]["filter"]["bool"]["filter"]] == [
        [{"terms": {"ai_disclosure.summary.status": ["disclosed_no_ai"]}}]
    ]
    assert [clause["bool"]["should"] for clause in counts["ai"]["filter"]["bool"]["filter"]] == [[{"terms": {"source": ["a.example"]}}]]


def test_disclosed_includes_mixed() -> None:
    [_, ai] = body(ai="disclosed")["query"]["bool"]["filter"]

    assert ai["bool"]["should"] == [{"terms": {"ai_disclosure.summary.status": ["disclosed_ai_used", "disclosed_mixed"]}}]


def test_a_span_of_days_is_told_in_the_zone_of_the_reader() -> None:
    [_, dated] = body(**{"from": "2026-05-04", "to": "2026-05-04"})["query"]["bool"]["filter"]

    span = {"format": "strict_date_time", "gte": "2026-05-03T17:00:00.000Z", "lte": "2026-05-04T16:59:59.999Z"}
    assert dated == {"range": {"dated_at": span}}


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
def test_every_order_ends_with_the_id(sort: str) -> None:
    assert body(sort=sort)["sort"][-1] == {"article_id": "asc"}


def test_highlights_are_escaped_and_bounded() -> None:
    highlight = body(q="kopi")["highlight"]

    assert highlight["encoder"] == "html"
    assert highlight["max_analyzer_offset"] <= 1_000_000


def test_a_short_query_is_searched_in_word_forms_too() -> None:
    assert "localized.*.body" in body(q="harga kopi")["query"]["bool"]["must"][0]["simple_query_string"]["fields"]
    assert not notices_on(search(q="harga kopi"))


@pytest.mark.parametrize("text", ["kopi~", " ".join(["kata"] * 40)])
def test_a_long_or_fuzzy_query_is_searched_as_written_and_says_so(text: str) -> None:
    fields = body(q=text)["query"]["bool"]["must"][0]["simple_query_string"]["fields"]

    assert fields == ["title^4", "lead^2", "body"]
    assert [notice.code for notice in notices_on(search(q=text))] == ["words_as_written"]


@pytest.mark.parametrize("text", ["博" * 400, " ".join(["kata~"] * 30)])
def test_a_query_that_the_index_would_refuse_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(BadParametersError) as caught:
        body(q=text)

    assert [(fault.parameter, fault.code) for fault in caught.value.faults] == [("q", "too_many_words")]
