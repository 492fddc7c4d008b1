"""What the delivery room decides, without a server."""

from datetime import UTC, datetime

import pytest
from kabar_chassis.delivery.backoff import delay_s
from kabar_chassis.delivery.dead_letters import letter_fields, original_fields
from kabar_chassis.delivery.outcome import Dead, Delivery, Reason
from kabar_chassis.delivery.possession import Pending, plan_claims

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def row(name: str, deliveries: int) -> Pending:
    return Pending(entry_id=name.encode(), owner=b"dead", idle_ms=60_000, deliveries=deliveries)


def test_entries_that_nobody_was_blamed_for_are_claimed_together() -> None:
    rows = [row("a", 1), row("b", 3), row("c", 1)]
    plan = plan_claims(rows, in_hand=(), at_most=10)
    assert [each.entry_id for each in plan.together] == [b"a", b"c"]
    assert plan.alone is None


def test_a_suspect_is_claimed_alone_and_only_when_no_first_timer_waits() -> None:
    plan = plan_claims([row("b", 3), row("d", 2)], in_hand=(), at_most=10)
    assert plan.together == ()
    assert plan.alone is not None
    assert plan.alone.entry_id == b"b"


def test_what_this_worker_has_in_hand_is_not_claimed() -> None:
    plan = plan_claims([row("a", 1), row("b", 3)], in_hand={b"a", b"b"}, at_most=10)
    assert plan.together == ()
    assert plan.alone is None


def test_no_more_is_claimed_than_one_batch_holds() -> None:
    assert len(plan_claims([row(str(n), 1) for n in range(50)], in_hand=(), at_most=7).together) == 7


@pytest.mark.parametrize(("failures", "least", "most"), [(1, 0.1, 0.2), (2, 0.2, 0.4), (5, 1.6, 3.2), (6, 2.5, 5.0), (1_000, 2.5, 5.0)])
def test_the_wait_doubles_up_to_a_cap_and_half_of_it_is_chance(failures: int, least: float, most: float) -> None:
    assert delay_s(failures, random=lambda: 0.0) == pytest.approx(least)
    assert delay_s(failures, random=lambda: 1.0) == pytest.approx(most)


def test_a_dead_letter_gives_back_the_original_fields_whatever_they_are() -> None:
    fields = {b"data": b"\x00\xff", b"dead.reason": b"forged", b"dead.original.x": b"nested", b"": b""}
    delivery = Delivery(entry_id=b"1700000000000-3", fields=fields, attempts=4)
    letter = letter_fields(delivery, Dead(Reason.INVALID_ENTRY, "x" * 5_000), stream="raw", stage="enrich", now=NOW)
    assert original_fields(letter) == fields
    assert letter[b"dead.reason"] == b"invalid_entry"
    assert letter[b"dead.attempts"] == b"4"
    assert letter[b"dead.first_at"] == b"1700000000000"
    assert letter[b"dead.origin"] == b"raw 1700000000000-3"
    assert len(letter[b"dead.detail"]) == 2_000


def test_the_reasons_are_a_stable_list() -> None:
    assert {reason.value for reason in Reason} == {
        "invalid_entry",
        "invalid_message",
        "enricher_died",
        "enricher_timed_out",
        "handler_died",
        "handler_timed_out",
        "handler_raised",
        "document_rejected",
        "document_too_large",
        "attempts_exhausted",
    }
