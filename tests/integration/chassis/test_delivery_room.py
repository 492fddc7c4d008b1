"""The delivery room on a real Redis-protocol server."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from kabar_chassis.delivery import possession
from kabar_chassis.delivery.dead_letters import original_fields
from kabar_chassis.delivery.outcome import Blocked, Dead, Delivery, Done, Handler, HandOver, Outcome, Reason, Retry
from kabar_chassis.delivery.room import Room
from kabar_chassis.delivery.upkeep import hold_forever, reclaim_forever, reclaim_once, take_over_released
from kabar_chassis.topology import create_topology, missing_groups
from kabar_contracts.streams import ENRICHED, RAW, RAW_DEAD, Group
from redis.asyncio import Redis
from redis.exceptions import OutOfMemoryError
from waiting import wait_until

RECLAIM_AFTER_MS = 500


def always(outcome: Outcome) -> Handler:
    async def handle(deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        return [outcome] * len(deliveries)

    return handle


def room_of(redis: Redis, handle: Handler, *, consumer: str = "worker-1") -> Room:
    return Room(
        redis=redis,
        stream=RAW,
        next_stream=ENRICHED,
        group=Group.ENRICH,
        consumer=consumer,
        handle=handle,
        batch_size=10,
        reclaim_after_ms=RECLAIM_AFTER_MS,
    )


async def read(redis: Redis, consumer: str = "worker-1", count: int = 100) -> list[Delivery]:
    answer: Any = await redis.xreadgroup(Group.ENRICH, consumer, {RAW.name: ">"}, count=count)
    return [Delivery(entry_id=entry_id, fields=fields) for entries in answer.values() for entry_id, fields in entries[0]] if answer else []


async def put(redis: Redis, *values: str) -> list[bytes]:
    ids: list[Any] = [await redis.xadd(RAW.name, {"data": value}) for value in values]
    return ids


async def letters(redis: Redis) -> list[dict[bytes, bytes]]:
    rows: Any = await redis.xrange(RAW_DEAD.name)
    return [fields for _, fields in rows]


async def pending(redis: Redis) -> dict[bytes, tuple[bytes, int]]:
    rows: Any = await redis.xpending_range(RAW.name, Group.ENRICH, "-", "+", 1_000)
    return {row["message_id"]: (row["consumer"], row["times_delivered"]) for row in rows}


async def test_what_was_published_before_the_group_existed_is_delivered(redis: Redis) -> None:
    await put(redis, "early")
    await create_topology(redis)
    assert [delivery.fields for delivery in await read(redis)] == [{b"data": b"early"}]


async def test_the_topology_can_be_made_twice_and_keeps_what_is_pending(streams: Redis) -> None:
    await put(streams, "one")
    await read(streams)
    assert await create_topology(streams) == []
    assert len(await pending(streams)) == 1


async def test_a_missing_group_is_named(streams: Redis) -> None:
    await streams.xgroup_destroy(RAW.name, Group.ARCHIVE)
    assert await missing_groups(streams, [(RAW, Group.ENRICH), (RAW, Group.ARCHIVE)]) == [f"{RAW.name} archive"]


async def test_a_hand_over_is_acknowledged_and_lies_on_the_next_stream(streams: Redis) -> None:
    await put(streams, "one", "two")
    await room_of(streams, always(HandOver({b"data": b"enriched"}))).work_through(await read(streams))
    assert await pending(streams) == {}
    assert await streams.xlen(ENRICHED.name) == 2


async def test_when_redis_is_full_nothing_is_acknowledged_and_nothing_is_lost(streams: Redis) -> None:
    await put(streams, "one")
    room = room_of(streams, always(HandOver({b"data": b"x" * 1_000})))
    deliveries = await read(streams)
    await streams.config_set("maxmemory", "1mb")
    try:
        with pytest.raises(OutOfMemoryError):
            await streams.xadd(RAW.name, {"data": "refused"})
        work = asyncio.create_task(room.work_through(deliveries))
        assert len(await pending(streams)) == 1
    finally:
        await streams.config_set("maxmemory", "0")
    await work
    assert await pending(streams) == {}
    assert await streams.xlen(ENRICHED.name) == 1


async def test_a_dead_letter_has_the_original_fields_byte_for_byte_and_the_reason(streams: Redis) -> None:
    fields = {b"data": bytes(range(256)), b"dead.reason": b"forged", b"": b"no name"}
    entry_id: Any = await streams.xadd(RAW.name, fields)  # type: ignore[arg-type]
    await room_of(streams, always(Dead(Reason.INVALID_MESSAGE, "not JSON"))).work_through(await read(streams))
    (letter,) = await letters(streams)
    assert original_fields(letter) == fields
    assert letter[b"dead.reason"] == b"invalid_message"
    assert letter[b"dead.detail"] == b"not JSON"
    assert letter[b"dead.origin"] == RAW.name.encode() + b" " + entry_id
    assert await pending(streams) == {}


async def test_only_what_failed_for_a_while_is_handled_again(streams: Redis) -> None:
    await put(streams, "good", "late")
    seen: list[list[bytes]] = []

    async def handle(deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        seen.append([delivery.fields[b"data"] for delivery in deliveries])
        return [Retry("not yet") if delivery.fields[b"data"] == b"late" and len(seen) < 3 else Done() for delivery in deliveries]

    await room_of(streams, handle).work_through(await read(streams))
    assert seen == [[b"good", b"late"], [b"late"], [b"late"]]
    assert await pending(streams) == {}


async def test_what_a_dead_worker_left_is_taken_over_and_counted_once(streams: Redis) -> None:
    await put(streams, "one", "two")
    await read(streams, consumer="dead")
    attempts: list[int] = []

    async def handle(deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        attempts.extend(delivery.attempts for delivery in deliveries)
        return [Done()] * len(deliveries)

    room = room_of(streams, handle)
    await wait_until(partial(reclaim_once, room), within_s=5, what="the entries are claimed")
    assert attempts == [2, 2]
    assert await pending(streams) == {}


async def test_entries_that_are_held_are_not_taken_over(streams: Redis) -> None:
    await put(streams, "slow")
    (delivery,) = await read(streams)
    release = asyncio.Event()

    async def handle(deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        await release.wait()
        return [Done()] * len(deliveries)

    slow, other = room_of(streams, handle), room_of(streams, always(Done()), consumer="worker-2")
    work, holder = asyncio.create_task(slow.work_through([delivery])), asyncio.create_task(hold_forever(slow))
    deadline = asyncio.get_running_loop().time() + RECLAIM_AFTER_MS * 3 / 1_000
    while asyncio.get_running_loop().time() < deadline:
        assert await reclaim_once(other) == 0
    release.set()
    await work
    slow.stopping.set()
    await holder
    assert await pending(streams) == {}


async def test_a_frozen_worker_cannot_take_back_what_another_took_over(streams: Redis) -> None:
    (entry_id,) = await put(streams, "one")
    await read(streams, consumer="frozen")
    await streams.xclaim(RAW.name, Group.ENRICH, "other", 0, [entry_id])
    assert await possession.hold(streams, RAW.name, Group.ENRICH, "frozen", [entry_id]) == 0
    assert (await pending(streams))[entry_id][0] == b"other"


async def test_what_is_released_is_claimed_at_once_and_keeps_its_count(streams: Redis) -> None:
    (entry_id,) = await put(streams, "one")
    stopping = room_of(streams, always(Blocked("OpenSearch is away")))
    deliveries = await read(streams)
    work = asyncio.create_task(stopping.work_through(deliveries))
    await wait_until(lambda: stopping.blocked, within_s=5, what="the worker is blocked")
    stopping.stopping.set()
    await work
    seen: list[Delivery] = []

    async def handle(deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        seen.extend(deliveries)
        return [Done()] * len(deliveries)

    async with asyncio.TaskGroup() as at_work:
        assert await take_over_released(room_of(streams, handle, consumer="worker-2"), at_work) == 1
    assert [(delivery.entry_id, delivery.attempts) for delivery in seen] == [(entry_id, 1)]


def _has_in_hand(room: Room, entries: int) -> bool:
    return len(room.in_hand) == entries


async def test_what_is_released_later_is_claimed_though_what_was_released_before_has_to_wait(streams: Redis) -> None:
    ids = await put(streams, "one", "two", "three")
    await read(streams, consumer="stopping")
    staying = room_of(streams, always(Blocked("OpenSearch is away")), consumer="staying")
    upkeep = asyncio.create_task(reclaim_forever(staying))
    for number, entry_id in enumerate(ids, start=1):
        await possession.release(streams, RAW.name, Group.ENRICH.value, "stopping", [entry_id])
        await wait_until(partial(_has_in_hand, staying, number), within_s=5, what=f"piece {number} is in hand")
    staying.stopping.set()
    await upkeep


async def test_suspects_are_handled_one_at_a_time_and_after_the_innocent(streams: Redis) -> None:
    ids = await put(streams, "suspect 1", "suspect 2", "innocent")
    await read(streams, consumer="dead")
    for entry_id in ids[:2]:
        await streams.xclaim(RAW.name, Group.ENRICH, "dead", 0, [entry_id])
    batches: list[list[bytes]] = []

    async def handle(deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        batches.append([delivery.fields[b"data"] for delivery in deliveries])
        return [Done()] * len(deliveries)

    room = room_of(streams, handle)
    for _ in range(3):
        await wait_until(partial(reclaim_once, room), within_s=5, what="a batch is claimed")
    assert batches == [[b"innocent"], [b"suspect 1"], [b"suspect 2"]]


async def test_an_entry_with_which_five_workers_died_is_given_up_unhandled(streams: Redis) -> None:
    (entry_id,) = await put(streams, "deadly")
    await read(streams, consumer="dead")
    for _ in range(4):
        await streams.xclaim(RAW.name, Group.ENRICH, "dead", 0, [entry_id])

    async def handle(_: Sequence[Delivery]) -> Sequence[Outcome]:
        pytest.fail("it must not be handled again")

    await wait_until(partial(reclaim_once, room_of(streams, handle)), within_s=5, what="the entry is claimed")
    (letter,) = await letters(streams)
    assert letter[b"dead.reason"] == b"attempts_exhausted"
    assert await pending(streams) == {}


async def test_a_handler_that_raises_leaves_its_entries_pending(streams: Redis) -> None:
    await put(streams, "one")

    async def handle(_: Sequence[Delivery]) -> Sequence[Outcome]:
        raise RuntimeError("a defect")

    await room_of(streams, handle).work_through(await read(streams))
    assert len(await pending(streams)) == 1


async def test_a_consumer_with_pending_entries_is_never_forgotten(streams: Redis) -> None:
    await put(streams, "one", "two")
    await read(streams, consumer="busy", count=1)
    (done,) = await read(streams, consumer="idle", count=1)
    await streams.xack(RAW.name, Group.ENRICH, done.entry_id)

    async def tidied() -> list[str]:
        return await possession.remove_idle_consumers(streams, RAW.name, Group.ENRICH, idle_ms=1, keep="none")

    assert await wait_until(tidied, within_s=5, what="the idle consumer is forgotten") == ["idle"]
    assert len(await pending(streams)) == 1


async def test_the_time_of_a_dead_letter_is_in_milliseconds(streams: Redis) -> None:
    await put(streams, "one")
    room = room_of(streams, always(Dead(Reason.INVALID_ENTRY, "")))
    room.now = lambda: datetime(2026, 1, 1, tzinfo=UTC)
    await room.work_through(await read(streams))
    (letter,) = await letters(streams)
    assert letter[b"dead.last_at"] == b"1767225600000"
