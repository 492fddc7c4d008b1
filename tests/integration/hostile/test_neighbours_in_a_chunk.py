"""Entries are read in chunks by child processes: whatever one of them does there, only it is given up."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from articles import raw_article, raw_fields
from hostile_reading import NAUGHTY, read_or_misbehave
from kabar_chassis.delivery.outcome import Dead, HandOver, Reason, Retry
from kabar_enrich.reading import Job
from kabar_enrich.reading_pool import CHUNK, ReadingPool

NOW = datetime(2026, 5, 4, tzinfo=UTC)
BAD_AT = 3


@pytest.fixture(scope="module")
async def pool() -> AsyncIterator[ReadingPool]:
    one = ReadingPool(processes=1, article_timeout_s=30, memory_mb=700, read=read_or_misbehave)
    await one.begin()
    yield one
    one.close()


@pytest.mark.parametrize(("deed", "reason"), [(b"raises", Reason.HANDLER_RAISED), (b"exits", Reason.ENRICHER_DIED)])
async def test_only_the_one_that_is_to_blame_in_a_chunk_is_given_up(pool: ReadingPool, deed: bytes, reason: Reason) -> None:
    jobs = {b"%d-0" % number: Job(fields=raw_fields(raw_article(number)), now=NOW) for number in range(CHUNK)}
    bad = b"%d-0" % BAD_AT
    jobs[bad] = Job(fields=jobs[bad].fields | {NAUGHTY: deed}, now=NOW)
    outcomes: dict[bytes, HandOver | Dead] = {}
    while left := {entry_id: job for entry_id, job in jobs.items() if entry_id not in outcomes}:
        read = zip(left, await pool.read(left), strict=True)
        outcomes |= {entry_id: outcome for entry_id, outcome in read if not isinstance(outcome, Retry)}
    given_up = {entry_id: outcome.reason for entry_id, outcome in outcomes.items() if isinstance(outcome, Dead)}
    assert given_up == {bad: reason}
