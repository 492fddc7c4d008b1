"""However often OpenSearch refuses for a reason that is not the article's, nothing is counted and nothing is given up."""

import asyncio
from contextlib import suppress
from typing import Any

import pytest
import scripted_opensearch as scripted
from articles import NOON, enriched_article, enriched_fields
from kabar_chassis.delivery import room as room_module
from kabar_chassis.delivery.outcome import Delivery
from kabar_chassis.delivery.room import MAX_ATTEMPTS, Room
from kabar_chassis.delivery.upkeep import hold_forever
from kabar_chassis.topology import create_topology
from kabar_contracts.streams import ENRICHED, ENRICHED_DEAD, Group
from kabar_index.articles import article_handler
from kabar_index.opensearch_client import connect
from kabar_index.settings import Settings
from pydantic import SecretStr
from redis.asyncio import Redis
from waiting import wait_until

TRIES = 3 * MAX_ATTEMPTS
RECLAIM_AFTER_MS = 40
"""Holds come as often in a moment as otherwise in an outage of minutes."""

REFUSALS = {
    "a disk at flood stage": scripted.error(429, "cluster_block_exception", "disk usage exceeded flood-stage watermark"),
    "a disk at flood stage, told of each document": scripted.bulk_answer(
        {
            enriched_article(number).article_id: scripted.refusal(429, "cluster_block_exception", "disk usage exceeded flood-stage")
            for number in range(3)
        }
    ),
    "a full queue": scripted.error(429, "rejected_execution_exception", "queue full"),
    "an outage": scripted.error(503, "unavailable_shards_exception"),
}


async def read(redis: Redis) -> list[Delivery]:
    for number in range(3):
        fields: Any = enriched_fields(enriched_article(number))
        await redis.xadd(ENRICHED.name, fields)
    answer: Any = await redis.xreadgroup(Group.INDEX, "worker-1", {ENRICHED.name: ">"})
    return [Delivery(entry_id=entry_id, fields=fields) for entry_id, fields in answer[ENRICHED.name.encode()][0]]


async def counts(redis: Redis) -> list[int]:
    """How often each pending entry counts as delivered."""
    rows: Any = await redis.xpending_range(ENRICHED.name, Group.INDEX, "-", "+", 100)
    return [row["times_delivered"] for row in rows]


@pytest.mark.parametrize("refusal", REFUSALS)
async def test_what_is_refused_again_and_again_is_held_uncounted_and_written_in_the_end(
    redis: Redis, monkeypatch: pytest.MonkeyPatch, refusal: str
) -> None:
    monkeypatch.setattr(room_module, "delay_s", lambda *_, **__: 0.02)
    await create_topology(redis)
    async with scripted.scripted_opensearch(REFUSALS[refusal]) as server:
        client = connect(Settings(redis_url=SecretStr("redis://unused"), opensearch_url=server.url))
        room = Room(
            redis=redis,
            stream=ENRICHED,
            group=Group.INDEX,
            consumer="worker-1",
            handle=article_handler(client, now=lambda: NOON),
            reclaim_after_ms=RECLAIM_AFTER_MS,
        )
        work, holder = asyncio.create_task(room.work_through(await read(redis))), asyncio.create_task(hold_forever(room))
        await wait_until(lambda: len(server.requests) > TRIES or work.done(), within_s=10, what=f"{TRIES} tries")
        refused_counts, letters = await counts(redis), await redis.xlen(ENRICHED_DEAD.name)
        server.script[:] = [scripted.bulk_answer()]
        with suppress(TimeoutError):
            await asyncio.wait_for(work, timeout=5)
        room.stopping.set()
        await holder
        await client.close()
    assert (refused_counts, letters) == ([1, 1, 1], 0)
    assert (await counts(redis), len(server.written), await redis.xlen(ENRICHED_DEAD.name)) == ([], 3, 0)
