"""Streams and groups on real servers: the behaviour that claiming, holding, releasing and trimming are built on."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from kabar_embedded import start_redis
from redis.asyncio import Redis
from redis_binaries import BINARIES, IDS
from waiting import wait_until

STREAM, GROUP = "facts", "readers"
FAR_ID = "99999999999999-5"
"""An id far ahead of every clock."""


@pytest.fixture
async def ids(redis: Redis) -> list[Any]:
    """Three entries, all read by consumer `a`."""
    return await _filled(redis)


async def _filled(redis: Redis) -> list[Any]:
    await redis.xgroup_create(STREAM, GROUP, id="0", mkstream=True)
    ids = [await redis.xadd(STREAM, {"n": number}) for number in range(3)]
    await redis.xreadgroup(GROUP, "a", {STREAM: ">"})
    return ids


async def rows(redis: Redis, **filters: Any) -> list[Any]:
    options: dict[str, Any] = {"min": "-", "max": "+", "count": 100} | filters
    found: list[Any] = await redis.xpending_range(STREAM, GROUP, **options)
    return found


async def counts(redis: Redis) -> list[int]:
    return [row["times_delivered"] for row in await rows(redis)]


async def idle_ms(redis: Redis) -> int:
    return min(int(row["time_since_delivered"]) for row in await rows(redis))


async def test_claiming_counts_one_delivery(redis: Redis, ids: list[Any]) -> None:
    await redis.xclaim(STREAM, GROUP, "b", 0, ids[:1])
    assert await counts(redis) == [2, 1, 1]


async def test_claiming_the_id_alone_counts_none_and_sets_the_idle_time_back(redis: Redis, ids: list[Any]) -> None:
    async def is_old() -> bool:
        return await idle_ms(redis) >= 50

    await wait_until(is_old, within_s=2, what="the entries are 50 ms idle")
    await redis.xclaim(STREAM, GROUP, "a", 0, ids, justid=True)
    assert await counts(redis) == [1, 1, 1]
    assert await idle_ms(redis) < 50


async def test_claiming_with_a_count_sets_it_and_adds_nothing(redis: Redis, ids: list[Any]) -> None:
    await redis.xclaim(STREAM, GROUP, "b", 0, ids[:1], retrycount=7)
    await redis.xclaim(STREAM, GROUP, "b", 0, ids[1:2], retrycount=0)
    assert await counts(redis) == [7, 0, 1]


async def test_claiming_leaves_alone_what_somebody_held_meanwhile(redis: Redis, ids: list[Any]) -> None:
    assert await redis.xclaim(STREAM, GROUP, "b", 10_000, ids) == []
    assert {row["consumer"] for row in await rows(redis)} == {b"a"}


async def test_claiming_takes_what_belongs_to_nobody_not_at_all(redis: Redis, ids: list[Any]) -> None:
    await redis.xack(STREAM, GROUP, ids[0])
    assert await redis.xclaim(STREAM, GROUP, "b", 0, ids[:1]) == []


async def test_claiming_an_entry_that_was_trimmed_gives_nothing_and_forgets_it(redis: Redis, ids: list[Any]) -> None:
    await redis.xtrim(STREAM, maxlen=2, approximate=False)
    claimed: Any = await redis.xclaim(STREAM, GROUP, "b", 0, ids)
    assert [entry_id for entry_id, _ in claimed] == ids[1:]
    assert [row["message_id"] for row in await rows(redis)] == ids[1:]


async def test_pending_entries_are_found_by_idle_time_and_by_owner(redis: Redis, ids: list[Any]) -> None:
    await redis.xclaim(STREAM, GROUP, "b", 0, ids[:1], idle=60_000, justid=True)
    assert [row["message_id"] for row in await rows(redis, idle=30_000)] == ids[:1]
    assert [row["message_id"] for row in await rows(redis, consumername="a")] == ids[1:]
    assert [row["message_id"] for row in await rows(redis, min=ids[1], max=ids[1], count=1, consumername="a")] == [ids[1]]
    assert await rows(redis, min=ids[0], max=ids[0], count=1, consumername="a") == []


async def test_pending_entries_come_oldest_first_whoever_owns_them(redis: Redis, ids: list[Any]) -> None:
    await redis.xclaim(STREAM, GROUP, "0", 0, ids[2:])
    assert [row["message_id"] for row in await rows(redis)] == ids


async def test_deleting_a_consumer_destroys_its_pending_entries(redis: Redis, ids: list[Any]) -> None:
    await redis.xgroup_delconsumer(STREAM, GROUP, "a")
    assert await rows(redis) == []
    assert not await redis.xreadgroup(GROUP, "b", {STREAM: ">"}), "nobody is given them again"
    assert await redis.xlen(STREAM) == len(ids)


async def test_maxlen_drops_entries_that_are_pending_or_were_never_read(redis: Redis, ids: list[Any]) -> None:
    unread = await redis.xadd(STREAM, {"n": 3})
    last = await redis.xadd(STREAM, {"n": 4}, maxlen=1, approximate=False)
    left: Any = await redis.xrange(STREAM)
    assert [entry_id for entry_id, _ in left] == [last]
    assert len(await rows(redis)) == len(ids), "the group still believes in them"
    answer: Any = await redis.xreadgroup(GROUP, "b", {STREAM: ">"})
    assert [entry_id for entry_id, _ in answer[STREAM.encode()][0]] == [last] != [unread]


async def test_the_lag_that_the_server_tells_is_not_to_be_trusted_after_an_unread_entry_went(redis: Redis, ids: list[Any]) -> None:
    unread = [await redis.xadd(STREAM, {"n": number}) for number in (3, 4)]
    await redis.xdel(STREAM, unread[0])
    (group,) = await redis.xinfo_groups(STREAM)
    assert group["lag"] != 1
    assert ids


async def test_a_script_sees_streams_groups_and_consumers_as_flat_lists_of_these_names(redis: Redis, ids: list[Any]) -> None:
    script = """
    local function names(flat)
      local found = {}
      for at = 1, #flat, 2 do found[#found + 1] = flat[at] end
      return found
    end
    return {
      names(redis.call('XINFO', 'STREAM', KEYS[1])),
      names(redis.call('XINFO', 'GROUPS', KEYS[1])[1]),
      names(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])[1]),
      redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1)[1],
      redis.call('XPENDING', KEYS[1], ARGV[1]),
      redis.call('XCLAIM', KEYS[1], ARGV[1], 'b', 0, ARGV[2]),
    }
    """
    stream, group, consumer, row, summary, claimed = await redis.eval(script, 1, STREAM, GROUP, ids[0])
    assert {b"length", b"first-entry", b"last-generated-id", b"entries-added"} <= set(stream)
    assert {b"name", b"pending", b"last-delivered-id", b"entries-read"} <= set(group)
    assert {b"name", b"pending", b"idle"} <= set(consumer)
    assert (row[0], row[1], row[3]) == (ids[0], b"a", 1)
    assert summary == [3, ids[0], ids[2], [[b"a", b"3"]]]
    assert claimed == [[ids[0], [b"n", b"0"]]]


async def test_a_consumer_that_was_deleted_while_it_waits_is_made_again_by_its_next_entry(redis: Redis) -> None:
    # Redis 7.0 takes a consumer for idle that asks and gets nothing, so a living one may be tidied away.
    await redis.xgroup_create(STREAM, GROUP, id="0", mkstream=True)
    await redis.xgroup_createconsumer(STREAM, GROUP, "a")

    async def is_waiting() -> bool:
        return int((await redis.info("clients"))["blocked_clients"]) == 1

    async def read() -> Any:
        return await redis.xreadgroup(GROUP, "a", {STREAM: ">"}, block=4_000)

    async with asyncio.TaskGroup() as tasks:
        reading = tasks.create_task(read())
        await wait_until(is_waiting, within_s=2, what="it waits")
        await redis.xgroup_delconsumer(STREAM, GROUP, "a")
        entry_id = await redis.xadd(STREAM, {"n": 1})
    assert reading.result() == {STREAM.encode(): [[(entry_id, {b"n": b"1"})]]}
    assert [row["consumer"] for row in await rows(redis)] == [b"a"]


async def test_an_entry_is_never_given_twice_by_reading_alone(redis: Redis, ids: list[Any]) -> None:
    assert not await redis.xreadgroup(GROUP, "b", {STREAM: ">"})
    assert [row["message_id"] for row in await rows(redis)] == ids


async def test_a_group_made_at_zero_is_given_everything(redis: Redis, ids: list[Any]) -> None:
    await redis.xgroup_create(STREAM, "late", id="0")
    answer: Any = await redis.xreadgroup("late", "a", {STREAM: ">"})
    assert [entry_id for entry_id, _ in answer[STREAM.encode()][0]] == ids


async def test_acknowledging_twice_or_what_another_owns_is_harmless(redis: Redis, ids: list[Any]) -> None:
    await redis.xclaim(STREAM, GROUP, "b", 0, ids[:1])
    assert await redis.xack(STREAM, GROUP, ids[0]) == 1
    assert await redis.xack(STREAM, GROUP, ids[0]) == 0


async def test_trimming_by_id_and_limit_removes_nothing_from_that_id_on(redis: Redis) -> None:
    async with redis.pipeline(transaction=False) as pipeline:
        for number in range(1_000):
            pipeline.xadd(STREAM, {"n": number})
        ids = await pipeline.execute()
    script = "return redis.call('XTRIM', KEYS[1], 'MINID', '~', ARGV[1], 'LIMIT', 400)"
    removed: Any = await redis.eval(script, 1, STREAM, ids[900])
    assert 0 < removed <= 400
    first: Any = await redis.xrange(STREAM, count=1)
    assert [entry_id for entry_id, _ in first] == [ids[removed]]


@pytest.mark.parametrize("binary", BINARIES, ids=IDS)
async def test_after_a_crash_ids_go_on_counts_stay_and_the_time_away_counts_as_idle(binary: Path, tmp_path: Path) -> None:
    server = start_redis(tmp_path, binary=binary)
    try:
        async with Redis.from_url(server.url) as redis:
            ids = await _filled(redis)
            await redis.xclaim(STREAM, GROUP, "b", 0, ids[:1])
            await redis.xclaim(STREAM, GROUP, "a", 0, ids[1:], idle=60_000, justid=True)
            await redis.xadd("ahead", {"n": 1}, id=FAR_ID)
            await redis.xtrim("ahead", maxlen=0, approximate=False)
        server.kill()
        server = start_redis(tmp_path, binary=binary, port=server.port)
        async with Redis.from_url(server.url) as redis:
            assert await counts(redis) == [2, 1, 1]
            assert [row["message_id"] for row in await rows(redis, idle=60_000)] == ids[1:], (
                "idle since the last delivery, not since the start"
            )
            following: Any = await redis.xadd("ahead", {"n": 2})
            assert following == b"99999999999999-6"
    finally:
        server.stop()
