"""SIGTERM while OpenSearch is away: what cannot be finished is released, and another worker has it at once, uncounted."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from articles import enriched_article, enriched_fields
from kabar_contracts.streams import ENRICHED, Group
from kabar_embedded import RunningServer, start_opensearch
from kabar_index.migration import migrate
from opensearchpy import AsyncOpenSearch
from redis import Redis
from waiting import eventually
from worker_process import worker

ARTICLES = 300
CLAIMED_S = 5.0


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with start_opensearch(tmp_path_factory.mktemp("opensearch")) as node:
        asyncio.run(_prepare(node.url))
        yield node


async def _prepare(url: str) -> None:
    async with AsyncOpenSearch(url, timeout=60) as client:
        await migrate(client, replicas=0, say=lambda _: None)


def owners(redis: Redis) -> dict[bytes, int]:
    """Owner -> pending entries."""
    rows: Any = redis.xpending_range(ENRICHED.name, Group.INDEX, "-", "+", ARTICLES * 2)
    found: dict[bytes, int] = {}
    for row in rows:
        found[row["consumer"]] = found.get(row["consumer"], 0) + 1
    return found


def counts(redis: Redis) -> set[int]:
    rows: Any = redis.xpending_range(ENRICHED.name, Group.INDEX, "-", "+", ARTICLES * 2)
    return {row["times_delivered"] for row in rows}


def unfinished(redis: Redis) -> int:
    """Entries that are not acknowledged: undelivered ones, and then the pending, so that one that is just read is not missed."""
    groups: Any = redis.xinfo_groups(ENRICHED.name)
    return sum(int(group["lag"]) for group in groups) + sum(owners(redis).values())


def test_what_a_stopping_worker_could_not_write_is_claimed_by_another_within_seconds_and_not_counted(
    redis_server: RunningServer, node: RunningServer, tmp_path: Path
) -> None:
    settings = {"redis_url": redis_server.url, "opensearch_url": node.url, "batch_size": "100", "opensearch_timeout_s": "2"}
    with Redis.from_url(redis_server.url) as redis:
        redis.flushall()
        with worker("index", tmp_path, **settings) as leaving, worker("index", tmp_path, **settings) as staying:
            leaving.wait_ready()
            staying.wait_ready()
            node.pause()
            try:
                for number in range(ARTICLES):
                    fields: Any = enriched_fields(enriched_article(number))
                    redis.xadd(ENRICHED.name, fields)
                eventually(lambda: len(owners(redis)) == 2, within_s=10, what="both have entries in hand")
                before = {b"(released)": 0} | owners(redis)
                assert leaving.terminate() == 0, leaving.log()
                left_at = time.monotonic()
                eventually(lambda: len(owners(redis)) == 1, within_s=CLAIMED_S + 1, what=f"one owner is left: {before} {owners(redis)}")
                assert time.monotonic() - left_at < CLAIMED_S
                assert b"(released)" not in owners(redis)
                assert counts(redis) == {1}
                assert unfinished(redis) >= ARTICLES
                assert leaving.health("/livez") == 0
                assert staying.health("/livez") == 200
            finally:
                node.resume()
            eventually(lambda: owners(redis) == {}, within_s=30, what="all is written once OpenSearch is back")
            assert staying.child.poll() is None
