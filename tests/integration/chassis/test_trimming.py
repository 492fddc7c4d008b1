"""Trimming on real servers: what goes, what stays, and who is told."""

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from kabar_chassis.metrics import Metrics
from kabar_chassis.redis_client import connect
from kabar_chassis.telemetry import Telemetry
from kabar_chassis.topology import create_group, create_topology
from kabar_chassis.trimming import trim, trim_forever
from kabar_contracts.streams import ENRICHED, RAW, RAW_DEAD, Group
from kabar_embedded import start_redis
from redis.asyncio import Redis
from redis.exceptions import OutOfMemoryError
from redis_binaries import BINARIES, IDS
from structlog.testing import capture_logs
from waiting import wait_until

LAST_OF_A_MILLISECOND = "5-18446744073709551615"


async def put(redis: Redis, count: int, *, size: int = 1) -> list[bytes]:
    pipeline = redis.pipeline(transaction=False)
    for _ in range(count):
        pipeline.xadd(RAW.name, {"data": b"x" * size})
    ids: list[bytes] = await pipeline.execute()
    return ids


async def read(redis: Redis, group: str, count: int) -> None:
    await redis.xreadgroup(group, "worker", {RAW.name: ">"}, count=count)


async def finish(redis: Redis, ids: list[bytes], *groups: str) -> None:
    for group in groups:
        await read(redis, group, len(ids))
        if ids:
            await redis.xack(RAW.name, group, *ids)


async def left(redis: Redis) -> list[bytes]:
    rows: Any = await redis.xrange(RAW.name)
    return [entry_id for entry_id, _ in rows]


async def test_what_every_group_is_done_with_is_removed(streams: Redis) -> None:
    ids = await put(streams, 10)
    await finish(streams, ids, Group.ENRICH, Group.ARCHIVE)

    trimmed = await trim(streams, RAW, keep_ms=0)

    assert (trimmed.removed, trimmed.why_not, await left(streams)) == (10, None, [])
    assert len(await streams.xinfo_groups(RAW.name)) == 2


async def test_what_one_group_was_not_delivered_yet_stays(streams: Redis) -> None:
    ids = await put(streams, 10)
    await finish(streams, ids, Group.ENRICH)
    await finish(streams, ids[:4], Group.ARCHIVE)

    trimmed = await trim(streams, RAW, keep_ms=0)

    assert (trimmed.removed, trimmed.held_by, await left(streams)) == (4, "archive", ids[4:])


async def test_what_one_group_has_pending_stays_with_all_that_follows(streams: Redis) -> None:
    ids = await put(streams, 10)
    await finish(streams, ids, Group.ARCHIVE)
    await read(streams, Group.ENRICH, 10)
    await streams.xack(RAW.name, Group.ENRICH, *ids[:3], *ids[5:])

    trimmed = await trim(streams, RAW, keep_ms=0)

    assert (trimmed.removed, trimmed.floor, trimmed.held_by) == (3, ids[3].decode(), "enrich")
    assert await left(streams) == ids[3:]


async def test_a_group_that_was_set_back_needs_what_follows(streams: Redis) -> None:
    ids = await put(streams, 10)
    await finish(streams, ids[:9], Group.ENRICH, Group.ARCHIVE)
    await read(streams, Group.ENRICH, 1)
    await streams.xgroup_setid(RAW.name, Group.ENRICH, ids[1])

    await trim(streams, RAW, keep_ms=0)

    assert await left(streams) == ids[2:]


async def test_while_a_group_of_the_contract_is_missing_nothing_is_removed(streams: Redis) -> None:
    ids = await put(streams, 10)
    await finish(streams, ids, Group.ENRICH)
    await streams.xgroup_destroy(RAW.name, Group.ARCHIVE)

    trimmed = await trim(streams, RAW, keep_ms=0)

    assert (trimmed.removed, trimmed.why_not) == (0, "missing groups: archive")
    await create_group(streams, RAW, Group.ARCHIVE)
    assert (await trim(streams, RAW, keep_ms=0)).removed == 0
    assert await left(streams) == ids


async def test_a_group_that_the_contract_does_not_name_counts_too(streams: Redis) -> None:
    ids = await put(streams, 10)
    await finish(streams, ids, Group.ENRICH, Group.ARCHIVE)
    await streams.xgroup_create(RAW.name, "somebody-elses", id="0")

    trimmed = await trim(streams, RAW, keep_ms=0)

    assert (trimmed.removed, trimmed.held_by) == (0, "somebody-elses")
    assert await left(streams) == ids


async def test_dead_letters_are_never_trimmed(streams: Redis) -> None:
    await streams.xadd(RAW_DEAD.name, {"data": "x"})
    await streams.xgroup_create(RAW_DEAD.name, "looks", id="$")

    trimmed = await trim(streams, RAW_DEAD, keep_ms=0)

    assert trimmed.removed == 0
    assert trimmed.why_not == "no group reads it; dead letters stay until somebody replays or purges them"
    assert await streams.xlen(RAW_DEAD.name) == 1


async def test_a_stream_that_does_not_exist_is_not_made(redis: Redis) -> None:
    trimmed = await trim(redis, RAW)

    assert (trimmed.removed, trimmed.why_not) == (0, "there is no such stream")
    assert not await redis.exists(RAW.name)


async def test_ids_beyond_what_lua_can_count_are_compared_right(streams: Redis) -> None:
    for entry_id in ("5-9", "5-10", "5-18446744073709551614", LAST_OF_A_MILLISECOND, "6-0", "10-0"):
        await streams.xadd(RAW.name, {"data": "x"}, id=entry_id)
    await read(streams, Group.ARCHIVE, 3)
    await streams.xack(RAW.name, Group.ARCHIVE, "5-9", "5-10", "5-18446744073709551614")
    await read(streams, Group.ENRICH, 6)
    await streams.xack(RAW.name, Group.ENRICH, "5-9", "5-10", "5-18446744073709551614", "6-0")

    trimmed = await trim(streams, RAW, keep_ms=0)

    assert (trimmed.removed, trimmed.held_by) == (2, "archive")
    assert (await left(streams))[0] == b"5-18446744073709551614", "behind an id so large one entry more is kept"


async def test_the_last_minute_is_kept_for_those_who_look(streams: Redis) -> None:
    for number in range(1, 6):
        await streams.xadd(RAW.name, {"data": "old"}, id=f"{number}-0")
    fresh = await put(streams, 5)
    await finish(streams, [b"%d-0" % number for number in range(1, 6)] + fresh, Group.ENRICH, Group.ARCHIVE)

    trimmed = await trim(streams, RAW, keep_ms=60_000)

    assert (trimmed.removed, await left(streams)) == (5, fresh)


async def test_of_the_last_minute_no_more_than_so_many_entries_are_kept(streams: Redis) -> None:
    ids = await put(streams, 1_000)
    await finish(streams, ids, Group.ENRICH, Group.ARCHIVE)

    await trim(streams, RAW, keep_ms=60_000, keep_entries=300)

    rest = await left(streams)
    assert 300 <= len(rest) < 300 + 100, "whole nodes of the stream go, of a hundred entries"
    assert rest == ids[-len(rest) :]


async def test_what_is_needed_is_kept_however_many_entries_are_too_many(streams: Redis) -> None:
    ids = await put(streams, 1_000)
    await finish(streams, ids, Group.ENRICH)
    await finish(streams, ids[:500], Group.ARCHIVE)

    await trim(streams, RAW, keep_ms=60_000, keep_entries=0)

    assert set(ids[500:]) <= set(await left(streams))


async def test_a_call_removes_about_what_it_may_and_says_that_there_is_more(streams: Redis) -> None:
    ids = await put(streams, 2_500)
    await finish(streams, ids, Group.ENRICH, Group.ARCHIVE)

    calls = [await trim(streams, RAW, keep_ms=0, at_most=1_000)]
    while calls[-1].has_more:
        calls.append(await trim(streams, RAW, keep_ms=0, at_most=1_000))

    assert len(calls) > 2
    assert all(call.removed <= 1_000 for call in calls)
    assert sum(call.removed for call in calls) == 2_500


async def test_several_workers_that_trim_at_once_remove_every_entry_once(streams: Redis) -> None:
    ids = await put(streams, 3_000)
    await finish(streams, ids, Group.ENRICH)
    await finish(streams, ids[:2_000], Group.ARCHIVE)

    calls = await asyncio.gather(*[trim(streams, RAW, keep_ms=0, at_most=500) for _ in range(8)])

    assert sum(call.removed for call in calls) == 2_000
    assert await left(streams) == ids[2_000:]


async def test_lag_and_pending_stay_true_behind_a_trim(streams: Redis) -> None:
    ids = await put(streams, 20)
    await finish(streams, ids[:9], Group.ENRICH)
    await finish(streams, ids[:5], Group.ARCHIVE)
    await read(streams, Group.ENRICH, 3)

    await trim(streams, RAW, keep_ms=0)

    groups = {info["name"]: (info["lag"], info["pending"]) for info in await streams.xinfo_groups(RAW.name)}
    assert groups == {b"enrich": (8, 3), b"archive": (15, 0)}


async def test_trimming_goes_on_until_the_worker_stops_and_says_once_what_it_waits_for(streams: Redis) -> None:
    ids = await put(streams, 3_000)
    await finish(streams, ids, Group.ENRICH, Group.ARCHIVE)
    await streams.xgroup_destroy(ENRICHED.name, Group.INDEX)
    stopping = asyncio.Event()

    with capture_logs() as logs:
        trimming = asyncio.create_task(
            trim_forever(
                streams, [RAW, ENRICHED], telemetry=Telemetry(Metrics()), stopping=stopping, interval_s=0.01, keep_ms=0, at_most=500
            )
        )
        await wait_until(lambda: no_entries(streams), within_s=10, what="the raw stream is trimmed")
        await create_group(streams, ENRICHED, Group.INDEX)
        await wait_until(lambda: any(line["event"] == "trimming_resumed" for line in logs), within_s=5, what="it can trim again")
        stopping.set()
        await asyncio.wait_for(trimming, timeout=2)

    waits = [line for line in logs if line["event"] == "trimming_waits"]
    assert [(line["stream"], line["why"]) for line in waits] == [(ENRICHED.name, "missing groups: index")]


async def test_trimming_outlives_a_redis_that_goes_and_comes_back(tmp_path: Path) -> None:
    server = start_redis(tmp_path / "redis")
    stopping = asyncio.Event()
    async with connect(server.url) as redis:
        await create_topology(redis)
        with capture_logs() as logs:
            trimming = asyncio.create_task(
                trim_forever(redis, [RAW], telemetry=Telemetry(Metrics()), stopping=stopping, interval_s=0.01, keep_ms=0)
            )
            server.kill()
            await wait_until(lambda: any(line["event"] == "trimming_waits" for line in logs), within_s=5, what="it says that Redis is away")
            with start_redis(server.directory, port=server.port):
                await finish(redis, await put(redis, 100), Group.ENRICH, Group.ARCHIVE)
                await wait_until(lambda: no_entries(redis), within_s=5, what="it trims again")
                stopping.set()
                await asyncio.wait_for(trimming, timeout=2)

    assert len([line for line in logs if line["event"] == "trimming_waits"]) <= 3


@pytest.mark.parametrize("binary", BINARIES, ids=IDS)
async def test_a_full_redis_is_trimmed_and_takes_entries_again(tmp_path: Path, binary: Path) -> None:
    with start_redis(tmp_path / "redis", binary=binary, maxmemory_mb=12) as server:
        async with connect(server.url) as redis:
            await create_topology(redis)
            ids = await fill(redis)
            await finish(redis, ids, Group.ENRICH, Group.ARCHIVE)
            with pytest.raises(OutOfMemoryError):
                await put(redis, 1)

            while (await trim(redis, RAW, keep_ms=0)).has_more:
                pass

            assert await redis.xlen(RAW.name) == 0
            assert await put(redis, 1)


async def test_a_call_with_nothing_to_do_costs_redis_less_than_a_millisecond(streams: Redis) -> None:
    await put(streams, 10_000)
    await read(streams, Group.ENRICH, 1_000)
    await trim(streams, RAW)

    began = time.perf_counter()
    for _ in range(100):
        await trim(streams, RAW)

    assert (time.perf_counter() - began) / 100 < 0.005, "measured 0.2 ms; a loaded machine gets time"


async def no_entries(redis: Redis) -> bool:
    return await redis.xlen(RAW.name) == 0


async def fill(redis: Redis) -> list[bytes]:
    ids: list[bytes] = []
    while True:
        try:
            ids += await put(redis, 1, size=40_000)
        except OutOfMemoryError:
            return ids
