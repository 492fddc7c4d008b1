from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from kabar_search.parameter_table import Facet, Sort
from kabar_search.parameters import BadParametersError, Choice, Search, read_search

NOW = datetime(2026, 5, 6, 5, 0, tzinfo=UTC)
JAKARTA = ZoneInfo("Asia/Jakarta")


def search(*pairs: tuple[str, str], **known: Any) -> Search:
    return read_search(pairs, now=NOW, default_zone=JAKARTA, **known)


def faults(*pairs: tuple[str, str]) -> list[tuple[str, str]]:
    with pytest.raises(BadParametersError) as caught:
        search(*pairs)
    return [(fault.parameter, fault.code) for fault in caught.value.faults]


def test_no_parameters_ask_for_the_newest_articles() -> None:
    found = search()

    assert (found.text, found.filters, found.sort, found.page, found.page_size, found.facets) == ("", {}, Sort.NEWEST, 1, 20, ())


def test_a_query_is_ordered_by_relevance_unless_told_otherwise() -> None:
    assert search(("q", "kopi")).sort is Sort.RELEVANCE
    assert search(("q", "kopi"), ("sort", "oldest")).sort is Sort.OLDEST


@pytest.mark.parametrize("name", ["q", "query", "keyword"])
def test_every_name_of_a_parameter_means_the_same(name: str) -> None:
    assert search((name, " kopi ")).text == "kopi"


def test_lists_come_with_commas_or_by_repetition_and_exclude_with_an_exclamation_mark() -> None:
    found = search(("sources", "a.example, !b.example"), ("domains", "c.example"), ("excludeDomains", "d.example"))

    assert found.filters == {Facet.SOURCE: Choice(("a.example", "c.example"), ("b.example", "d.example"))}


def test_languages_are_compared_in_lower_case() -> None:
    assert search(("lang", "ID,zh-Hant")).filters[Facet.LANGUAGE] == Choice(("id", "zh-hant"))


def test_empty_values_count_as_not_given() -> None:
    found = search(("q", ""), ("from", ""), ("source", ","), ("page", ""))

    assert (found.text, found.filters, found.published_from, found.spelled) == ("", {}, None, {})


def test_unknown_parameters_are_named_and_do_not_stop_the_search() -> None:
    found = search(("q", "kopi"), ("colour", "red"), ("ui", "id"), ("colour", "blue"), also_known=frozenset({"ui"}))

    assert [(notice.code, notice.parameter) for notice in found.notices] == [("unknown_parameter", "colour")]


def test_all_faults_are_told_at_once() -> None:
    assert faults(
        ("q", "x" * 501),
        ("language", "Bahasa Indonesia"),
        ("ai", "yes"),
        ("from", "yesterday"),
        ("tz", "Asia/Atlantis"),
        ("sort", "best"),
        ("page_size", "101"),
        ("page", "0"),
        ("facets", "colour"),
    ) == [
        ("q", "too_long"),
        ("language", "not_a_language"),
        ("ai", "not_allowed"),
        ("tz", "unknown_zone"),
        ("from", "not_a_moment"),
        ("sort", "not_allowed"),
        ("page_size", "not_in_range"),
        ("page", "not_in_range"),
        ("facets", "not_allowed"),
    ]


@pytest.mark.parametrize(
    ("pairs", "fault"),
    [
        ([("q", "a"), ("query", "b")], ("q", "repeated")),
        ([("from", "2026-05-02"), ("to", "2026-05-01")], ("from", "empty_range")),
        ([("source", "a.example,!a.example")], ("source", "contradiction")),
        ([("source", "!")], ("source", "not_a_source")),
        ([("source", "s" * 256)], ("source", "not_a_source")),
        ([("source", ",".join(f"{n}.example" for n in range(51)))], ("source", "too_many")),
        ([("page", "501"), ("page_size", "20")], ("page", "beyond_window")),
        ([("page", "\uff19")], ("page", "not_in_range")),
        ([("tz", "../../etc/passwd")], ("tz", "unknown_zone")),
        ([("tz", "Asia")], ("tz", "unknown_zone")),
    ],
)
def test_a_bad_value_is_refused(pairs: list[tuple[str, str]], fault: tuple[str, str]) -> None:
    assert faults(*pairs) == [fault]


def test_the_last_page_of_the_window_can_be_asked_for() -> None:
    assert search(("page", "100"), ("page_size", "100")).page == 100


def test_days_begin_and_end_in_the_time_zone_of_the_request() -> None:
    found = search(("from", "2026-05-04"), ("to", "2026-05-04"), ("timezone", "Asia/Jayapura"))

    assert found.published_from == datetime(2026, 5, 3, 15, 0, tzinfo=UTC)
    assert found.published_to == datetime(2026, 5, 4, 14, 59, 59, 999000, tzinfo=UTC)


def test_the_search_is_spelled_under_first_names_and_without_its_page() -> None:
    found = search(("keyword", "kopi"), ("lang", "EN,!id"), ("from_", "-7d"), ("page", "3"))

    assert found.spelled == {"q": "kopi", "language": "en,!id", "from": "-7d"}
