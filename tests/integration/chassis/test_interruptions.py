"""A group that is deleted, a worker that is told to stop: what was not finished is finished by somebody later."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from kabar_chassis.delivery import possession
from kabar_chassis.delivery import room as room_module
from kabar_chassis.delivery.intake import Intake
from kabar_chassis.delivery.outcome import Delivery, Done, Handler, Outcome
from kabar_chassis.delivery.room import Room
from kabar_contracts.streams import RAW, Group
from redis.asyncio import Redis
from waiting import wait_until


def room_of(redis: Redis, handle: Handler) -> Room:
    return Room(redis=redis, stream=RAW, group=Group.ENRICH, consumer="worker-1", handle=handle)


async def done(deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
    return [Done()] * len(deliveries)


async def put(redis: Redis, *values: str) -> None:
    for value in values:
        await redis.xadd(RAW.name, {"data": value})


async def read(redis: Redis) -> list[Delivery]:
    answer: Any = await redis.xreadgroup(Group.ENRICH, "worker-1", {RAW.name: ">"})
    return [Delivery(entry_id=entry_id, fields=fields) for entry_id, fields in answer[RAW.name.encode()][0]] if answer else []


async def pending(redis: Redis) -> dict[bytes, bytes]:
    """Entry -> owner."""
    rows: Any = await redis.xpending_range(RAW.name, Group.ENRICH, "-", "+", 1_000)
    return {row["message_id"]: row["consumer"] for row in rows}


async def test_a_group_that_was_deleted_gets_what_it_had_pending_and_what_waited(streams: Redis) -> None:
    await put(streams, "pending", "waiting")
    await streams.xreadgroup(Group.ENRICH, "worker-1", {RAW.name: ">"}, count=1)
    await streams.xgroup_destroy(RAW.name, Group.ENRICH)
    intake = Intake(room=room_of(streams, done))
    found: list[Delivery] = []

    async def has_read() -> bool:
        found.extend(await intake.read(lambda: read(streams)))
        return len(found) > 1

    await wait_until(has_read, within_s=5, what=f"all is read that the deleted group had not done: {found}")
    assert [delivery.fields[b"data"] for delivery in found] == [b"pending", b"waiting"]


async def test_what_a_handler_does_not_finish_in_time_is_released_when_the_worker_stops(
    streams: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room_module, "STOP_GRACE_S", 0.2)
    began = asyncio.Event()

    async def never(_: Sequence[Delivery]) -> Sequence[Outcome]:
        began.set()
        await asyncio.Event().wait()
        return []

    await put(streams, "one", "two")
    room = room_of(streams, never)
    deliveries = await read(streams)
    work = asyncio.create_task(room.work_through(deliveries))
    await began.wait()
    room.stopping.set()
    await asyncio.wait_for(work, timeout=5)
    assert await pending(streams) == dict.fromkeys([delivery.entry_id for delivery in deliveries], possession.RELEASED.encode())
