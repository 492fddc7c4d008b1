"""What is made of where a group stands."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from kabar_chassis.backlog import Standing, backlog_at

NOW = datetime.fromtimestamp(1_000, UTC)
UNCOUNTED = Standing(
    entries=1_000,
    first_id=b"0-1",
    last_generated_id=b"1000-0",
    delivered_id=b"400-0",
    added=5_000,
    read=4_400,
    pending=0,
    first_pending_id=b"",
    next_id=b"401-0",
    ahead=128,
    behind=128,
    is_counted=False,
)


def test_a_counted_lag_is_taken_whatever_the_server_believes() -> None:
    assert backlog_at(replace(UNCOUNTED, ahead=600, is_counted=True, read=-1), now=NOW).lag == 600


def test_a_lag_too_long_to_count_follows_from_what_was_ever_added_and_read() -> None:
    assert backlog_at(UNCOUNTED, now=NOW).lag == 600


@pytest.mark.parametrize(("read", "lag"), [(10, 872), (4_990, 128)])
def test_a_lag_by_the_server_is_kept_within_what_was_counted(read: int, lag: int) -> None:
    assert backlog_at(replace(UNCOUNTED, read=read), now=NOW).lag == lag


def test_a_server_that_lost_count_is_replaced_by_the_times_of_the_entries() -> None:
    assert backlog_at(replace(UNCOUNTED, read=-1), now=NOW).lag == 600


def test_entries_of_one_moment_are_no_division_by_zero() -> None:
    moment = replace(UNCOUNTED, read=-1, first_id=b"5-0", delivered_id=b"5-1", last_generated_id=b"5-9")
    assert backlog_at(moment, now=NOW).lag == 128


@pytest.mark.parametrize(
    ("first_pending_id", "next_id", "age_s"), [(b"", b"", 0.0), (b"400000-0", b"700000-0", 600.0), (b"", b"700000-3", 300.0)]
)
def test_the_age_is_that_of_the_oldest_entry_not_acknowledged(first_pending_id: bytes, next_id: bytes, age_s: float) -> None:
    assert backlog_at(replace(UNCOUNTED, first_pending_id=first_pending_id, next_id=next_id), now=NOW).oldest_age_s == age_s
