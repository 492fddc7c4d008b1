"""SIGTERM in the middle of the work: nothing pending, nothing delivered twice, exit code 0 within ten seconds."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from articles import raw_article, raw_fields
from kabar_contracts.streams import ENRICHED, RAW, Group
from kabar_embedded import RunningServer
from redis import Redis
from waiting import eventually
from worker_process import worker

AT_ONCE = 5
ROUNDS = 2
"""Ten stops on each server; there are two."""
ARTICLES = 3_000


@pytest.fixture
def server(redis_server: RunningServer) -> Iterator[Redis]:
    with Redis.from_url(redis_server.url) as client:
        client.flushall()
        yield client


def fill(server: Redis, first: int, count: int) -> None:
    with server.pipeline(transaction=False) as pipeline:
        for number in range(first, first + count):
            fields: Any = raw_fields(raw_article(number))
            pipeline.xadd(RAW.name, fields)
        pipeline.execute()


def waiting(server: Redis) -> tuple[int, int]:
    """Entries that are pending, and entries that are not delivered yet."""
    summary: Any = server.xpending(RAW.name, Group.ENRICH)
    groups: Any = server.xinfo_groups(RAW.name)
    lag = next(group["lag"] for group in groups if group["name"] == b"enrich")
    return int(summary["pending"]), int(lag)


def test_stops_under_load_leave_nothing_pending_and_deliver_nothing_twice(
    server: Redis, redis_server: RunningServer, tmp_path: Path
) -> None:
    for number in range(ROUNDS):
        with ExitStack() as stack:
            workers = [
                stack.enter_context(worker("enrich", tmp_path, redis_url=redis_server.url, batch_size="4", processes="1"))
                for _ in range(AT_ONCE)
            ]
            for each in workers:
                each.wait_ready(within_s=60)
            before = int(server.xlen(ENRICHED.name))
            fill(server, number * ARTICLES, ARTICLES)
            eventually(lambda before=before: int(server.xlen(ENRICHED.name)) > before, within_s=30, what="they work")  # type: ignore[misc]
            asked_at = time.monotonic()
            for each in workers:
                each.ask_to_stop()
            codes = [each.child.wait(10) for each in workers]
            assert codes == [0] * AT_ONCE, [each.log() for each in workers]
            assert time.monotonic() - asked_at < 10
        pending, undelivered = waiting(server)
        assert pending == 0, [each.log() for each in workers]
        assert undelivered > 0, "they were stopped in the middle of the work"
    entries: Any = server.xrange(ENRICHED.name)
    ids = [fields[b"article_id"] for _, fields in entries]
    assert len(ids) == len(set(ids))
