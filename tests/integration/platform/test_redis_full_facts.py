"""A server at `maxmemory`: what it still does and what it refuses, which is why settling is one transaction."""

from typing import Any

import pytest
from full_redis import full
from kabar_chassis.backlog import standing_of
from kabar_chassis.delivery import possession
from kabar_chassis.topology import create_group
from kabar_chassis.trimming import trim
from kabar_contracts.streams import ENRICHED, RAW, Group
from redis.asyncio import Redis
from redis.exceptions import OutOfMemoryError, RedisError

GROUP = Group.ENRICH.value


@pytest.fixture
async def read_ids(redis: Redis) -> list[Any]:
    """Five entries of the raw stream, two of them read by `worker-1`; the ids of these two."""
    for group in RAW.groups:
        await create_group(redis, RAW, group)
    ids = [await redis.xadd(RAW.name, {"n": number}) for number in range(5)]
    await redis.xreadgroup(GROUP, "worker-1", {RAW.name: ">"}, count=2)
    return ids[:2]


async def pending(redis: Redis) -> int:
    return int((await redis.xpending(RAW.name, GROUP))["pending"])


async def test_a_full_server_refuses_xadd_and_goes_on_with_reading_acknowledging_and_trimming(redis: Redis, read_ids: list[Any]) -> None:
    async with full(redis):
        with pytest.raises(OutOfMemoryError):
            await redis.xadd(RAW.name, {"n": 9})
        assert await redis.xreadgroup(GROUP, "worker-1", {RAW.name: ">"}, count=1)
        assert await redis.xack(RAW.name, GROUP, read_ids[0]) == 1
        assert await redis.xtrim(RAW.name, minid=read_ids[1], approximate=False) == 1
        assert await redis.xclaim(RAW.name, GROUP, "worker-2", 0, [read_ids[1]])


async def test_a_full_server_makes_no_group(redis: Redis) -> None:
    async with full(redis):
        with pytest.raises(OutOfMemoryError):
            await create_group(redis, RAW, Group.ENRICH)


async def test_a_full_server_lets_entries_be_held_released_and_taken_over(redis: Redis, read_ids: list[Any]) -> None:
    async with full(redis):
        assert await possession.hold(redis, RAW.name, GROUP, "worker-1", read_ids) == 2
        assert await possession.release(redis, RAW.name, GROUP, "worker-1", read_ids) == 2
        taken = await possession.take_released(redis, RAW.name, GROUP, "worker-2", at_most=10)
        rows = await possession.pending_entries(redis, RAW.name, GROUP, idle_ms=0, at_most=10)
        claimed = await possession.claim(redis, RAW.name, GROUP, "worker-3", rows, idle_ms=0)
    assert [delivery.entry_id for delivery in taken] == read_ids
    assert [delivery.entry_id for delivery in claimed] == read_ids


async def test_a_full_server_lets_a_stream_be_trimmed_by_our_script(redis: Redis, read_ids: list[Any]) -> None:
    entries: Any = await redis.xrange(RAW.name)
    for group in RAW.groups:
        await redis.xreadgroup(group.value, "worker-1", {RAW.name: ">"})
        await redis.xack(RAW.name, group.value, *[entry_id for entry_id, _ in entries])
    async with full(redis):
        trimmed = await trim(redis, RAW, keep_ms=0)
    assert trimmed.removed == 5
    assert read_ids


async def test_a_full_server_says_how_its_groups_stand_and_forgets_idle_consumers(redis: Redis, read_ids: list[Any]) -> None:
    await redis.xgroup_createconsumer(RAW.name, GROUP, "gone")
    async with full(redis):
        assert (await standing_of(redis, RAW.name, GROUP)).pending == len(read_ids)
        assert await possession.remove_idle_consumers(redis, RAW.name, GROUP, idle_ms=-1, keep="worker-1") == ["gone"]


async def test_a_bare_pipeline_loses_an_article_on_a_full_server(redis: Redis, read_ids: list[Any]) -> None:
    async with full(redis), redis.pipeline(transaction=False) as pipeline:
        for entry_id in read_ids:
            pipeline.xadd(ENRICHED.name, {"n": 1})
            pipeline.xack(RAW.name, GROUP, entry_id)
        answers = await pipeline.execute(raise_on_error=False)
    assert [type(answer) for answer in answers] == [OutOfMemoryError, int] * 2
    assert await pending(redis) == 0
    assert await redis.xlen(ENRICHED.name) == 0


async def test_a_transaction_on_a_full_server_is_dropped_as_a_whole(redis: Redis, read_ids: list[Any]) -> None:
    async with full(redis), redis.pipeline(transaction=True) as transaction:
        for entry_id in read_ids:
            transaction.xadd(ENRICHED.name, {"n": 1})
            transaction.xack(RAW.name, GROUP, entry_id)
        with pytest.raises(RedisError):
            await transaction.execute()
    assert await pending(redis) == 2
    assert await redis.xlen(ENRICHED.name) == 0


async def test_a_script_on_a_full_server_stops_at_its_first_xadd(redis: Redis, read_ids: list[Any]) -> None:
    script = "redis.call('XADD', KEYS[1], '*', 'n', 1) redis.call('XACK', KEYS[2], ARGV[1], ARGV[2])"
    async with full(redis):
        with pytest.raises(RedisError):
            await redis.eval(script, 2, ENRICHED.name, RAW.name, GROUP, read_ids[0])
    assert await pending(redis) == 2
