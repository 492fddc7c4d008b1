import pytest
from kabar_contracts.streams import ENRICHED, RAW_BACKFILL, Group, Lane
from kabar_ingest.pressure import MIB, Limits, backlog_load, is_reached, memory_limit, memory_load


def limits(*, memory_bytes: int | None = None) -> Limits:
    return Limits(backlog_entries=100, memory_share=0.8, memory_bytes=memory_bytes, backfill_share=0.25)


@pytest.mark.parametrize(
    ("used", "was_reached", "is_refused"),
    [(100, False, False), (101, False, True), (91, True, True), (90, True, False), (90, False, False)],
)
def test_a_lane_closes_beyond_its_limit_and_opens_when_a_tenth_is_free(used: int, *, was_reached: bool, is_refused: bool) -> None:
    assert is_reached(used, 100, was_reached=was_reached) is is_refused


@pytest.mark.parametrize(
    ("maxmemory", "memory_bytes", "limit"), [(1_000, None, 800), (1_000, 500, 500), (1_000, 900, 800), (0, 500, 500), (0, None, None)]
)
def test_the_smaller_limit_of_memory_counts(maxmemory: int, memory_bytes: int | None, limit: float | None) -> None:
    assert memory_limit({"used_memory": 1, "maxmemory": maxmemory}, limits=limits(memory_bytes=memory_bytes)) == limit


def test_a_backfill_may_use_a_share_of_what_live_may() -> None:
    assert [limits().share_of(lane) for lane in (Lane.LIVE, Lane.BACKFILL)] == [1.0, 0.25]


def test_a_producer_is_told_which_limit_is_reached_and_an_operator_what_sets_it() -> None:
    live = backlog_load(101, 100, lane=Lane.LIVE, stream=ENRICHED, group=Group.INDEX).fault
    backfill = backlog_load(26, 25, lane=Lane.BACKFILL, stream=RAW_BACKFILL, group=Group.ARCHIVE).fault
    memory = memory_load(900 * MIB, 800.0 * MIB, lane=Lane.LIVE).fault

    assert live.message.startswith("101 live articles wait for the group index on {articles}.enriched.v1; up to 100 may.")
    assert live.hint is not None
    assert live.hint.endswith("the limit is set by KABAR_INGEST_BACKLOG_ENTRIES.")
    assert backfill.hint is not None
    assert backfill.hint.endswith("KABAR_INGEST_BACKLOG_ENTRIES and KABAR_INGEST_BACKFILL_SHARE.")
    assert memory.message.startswith("The queue uses 900 MiB of memory; live articles are taken up to 800 MiB.")
    assert [fault.code for fault in (live, backfill, memory)] == ["backlog_full", "backlog_full", "memory_full"]
