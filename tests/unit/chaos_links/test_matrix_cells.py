"""When a fault is over, and how the matrix tells it."""

from typing import Any

import pytest
from cells import NORMAL_S, Cell, counts, is_over, last_trace, late, table
from steady_load import Answer, Push

ENDED_AT = 100.0


def push(number: int, *, sent_at: float, arrives_after_s: float | None = 0.5, **changes: Any) -> Push:
    """An accepted article that arrived so long after it was pushed."""
    arrived_at = None if arrives_after_s is None else sent_at + arrives_after_s
    values: dict[str, Any] = {
        "content_sha256": "0",
        "answered_at": sent_at + 0.1,
        "answer": Answer.ACCEPTED,
        "searchable_at": arrived_at,
        "archived_at": arrived_at,
    }
    return Push(number=number, sent_at=sent_at, **(values | changes))


def cell(**changes: Any) -> Cell:
    values: dict[str, Any] = {"link": "index-redis", "fault": "cut", "duration_s": 1.0, "recovery_s": 2.0}
    return Cell(**(values | changes))


def test_what_was_accepted_before_the_end_is_a_trace_until_it_has_arrived() -> None:
    at, what = last_trace([push(1, sent_at=90, arrives_after_s=17)], ended_at=ENDED_AT)
    assert at == 107
    assert what == "article 1 in the index 17.0 s after it was pushed"


def test_an_article_that_only_the_archive_got_late_is_a_trace() -> None:
    at, what = last_trace([push(1, sent_at=90, archived_at=112.0)], ended_at=ENDED_AT)
    assert at == 112
    assert what == "article 1 in the archive 22.0 s after it was pushed"


def test_a_fresh_article_at_normal_latency_is_no_trace() -> None:
    assert last_trace([push(1, sent_at=101, arrives_after_s=NORMAL_S)], ended_at=ENDED_AT)[0] == ENDED_AT


def test_a_fresh_article_that_is_held_up_is_a_trace() -> None:
    assert last_trace([push(1, sent_at=101, arrives_after_s=NORMAL_S + 1)], ended_at=ENDED_AT)[0] == 105


def test_a_fresh_article_that_is_refused_is_a_trace_and_one_refused_in_the_fault_is_none() -> None:
    refused: dict[str, Any] = {"answer": Answer.REFUSED, "arrives_after_s": None, "why": "503"}
    during, after = push(1, sent_at=99, **refused), push(2, sent_at=101, **refused)
    assert last_trace([during], ended_at=ENDED_AT)[0] == ENDED_AT
    assert last_trace([during, after], ended_at=ENDED_AT) == (101.1, "article 2 refused: 503")


def test_a_fault_is_not_over_while_an_accepted_article_is_missing() -> None:
    pushes = [push(1, sent_at=90, arrives_after_s=None)]
    assert not is_over(pushes, ended_at=ENDED_AT, now=190, calm_s=4)


def test_a_fault_is_not_over_before_it_was_calm_for_a_while() -> None:
    pushes = [push(1, sent_at=99.9)]
    assert not is_over(pushes, ended_at=ENDED_AT, now=103, calm_s=4)
    assert is_over(pushes, ended_at=ENDED_AT, now=105, calm_s=4)


def test_what_was_pushed_a_moment_ago_does_not_keep_a_fault_from_being_over() -> None:
    pushes = [push(1, sent_at=99), push(2, sent_at=109.5, arrives_after_s=None)]
    assert is_over(pushes, ended_at=ENDED_AT, now=110, calm_s=4)


def test_articles_are_counted_by_answer_and_by_lateness() -> None:
    pushes = [push(1, sent_at=90), push(2, sent_at=90, arrives_after_s=9), push(3, sent_at=90, answer=Answer.UNKNOWN, arrives_after_s=None)]
    assert counts(pushes) == {Answer.ACCEPTED: 2, Answer.UNKNOWN: 1}
    assert late(pushes) == 1


@pytest.mark.parametrize("changes", [{"recovery_s": None}, {"recovery_s": 10.1}, {"missing": 1}, {"wrong": ["x"]}])
def test_a_cell_is_red_for_any_one_reason(changes: dict[str, Any]) -> None:
    assert cell().is_green
    assert not cell(**changes).is_green


def test_the_table_has_a_row_a_link_and_fault_and_a_column_a_duration() -> None:
    cells = [cell(), cell(duration_s=30.0, recovery_s=12.0), cell(fault="mute", recovery_s=None, missing=3)]
    assert table(cells).splitlines() == [
        "| link | fault | 1 s | 30 s |",
        "|---|---|---:|---:|",
        "| index-redis | cut | ✓ 2.0 s | ✗ 12.0 s |",
        "| index-redis | mute | ✗ not seen, 3 missing |  |",
    ]
