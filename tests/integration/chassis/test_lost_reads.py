"""What Redis gave out in an answer that never came is taken up by the worker it was meant for, on a real server."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from kabar_chassis.delivery import possession, upkeep
from kabar_chassis.delivery.outcome import Delivery, Done, Handler, Outcome
from kabar_chassis.delivery.room import Room
from kabar_chassis.delivery.upkeep import take_up_lost
from kabar_contracts.streams import ENRICHED, RAW, Group
from redis.asyncio import Redis
from waiting import wait_until

WORKER = "worker-1"


@pytest.fixture(autouse=True)
def no_patience_with_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "_LOST_AFTER_MS", 0)


def room_of(redis: Redis, handle: Handler) -> Room:
    return Room(redis=redis, stream=RAW, next_stream=ENRICHED, group=Group.ENRICH, consumer=WORKER, handle=handle)


async def put_and_lose(redis: Redis, *, consumer: str = WORKER) -> bytes:
    """An entry that was read for this consumer in an answer that nobody saw."""
    entry_id: Any = await redis.xadd(RAW.name, {"data": "one"})
    await redis.xreadgroup(Group.ENRICH, consumer, {RAW.name: ">"})
    return bytes(entry_id)


async def test_a_read_whose_answer_was_lost_is_handled_and_no_death_is_counted(streams: Redis) -> None:
    entry_id = await put_and_lose(streams)
    seen: list[Delivery] = []

    async def handle(deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        seen.extend(deliveries)
        return [Done()] * len(deliveries)

    assert await take_up_lost(room_of(streams, handle)) == 1
    assert [(delivery.entry_id, delivery.attempts, delivery.fields) for delivery in seen] == [(entry_id, 1, {b"data": b"one"})]
    assert (await streams.xpending(RAW.name, Group.ENRICH))["pending"] == 0


async def test_an_entry_whose_answer_is_lost_again_and_again_is_never_blamed(streams: Redis) -> None:
    await put_and_lose(streams)
    for _ in range(10):
        (taken,) = await possession.take_lost(streams, RAW.name, Group.ENRICH, WORKER, seen=(), idle_ms=0, at_most=10)
        assert taken.attempts == 1


async def test_what_another_worker_has_is_not_taken_up(streams: Redis) -> None:
    await put_and_lose(streams, consumer="worker-2")
    assert await take_up_lost(room_of(streams, _never)) == 0


async def test_what_is_in_hand_is_not_taken_up(streams: Redis) -> None:
    entry_id = await put_and_lose(streams)
    release = asyncio.Event()

    async def handle(deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        await release.wait()
        return [Done()] * len(deliveries)

    room = room_of(streams, handle)
    work = asyncio.create_task(room.work_through([Delivery(entry_id=entry_id, fields={b"data": b"one"})]))
    await wait_until(lambda: room.in_hand, within_s=5, what="the entry is in hand")
    assert await take_up_lost(room) == 0
    release.set()
    await work


async def test_what_failed_while_it_was_handled_is_not_taken_up_for_its_next_delivery_counts(streams: Redis) -> None:
    entry_id = await put_and_lose(streams)
    room = room_of(streams, _never)
    await room.work_through([Delivery(entry_id=entry_id, fields={b"data": b"one"})])
    assert await take_up_lost(room) == 0
    assert room.left == {entry_id}


async def _never(_deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
    raise RuntimeError("must not be handled")
