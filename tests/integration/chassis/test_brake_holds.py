"""The brake on a real server: a worker on which everything fails stops instead of emptying the stream into the dead letters."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from kabar_chassis.delivery.brake import Brake
from kabar_chassis.delivery.outcome import Dead, Delivery, Done, Outcome, Reason
from kabar_chassis.delivery.room import Room
from kabar_chassis.topology import create_topology
from kabar_contracts.streams import RAW, RAW_DEAD, Group
from redis.asyncio import Redis
from waiting import wait_until

ENTRIES = 300


class Handler:
    """Fails on everything until it is mended."""

    def __init__(self) -> None:
        self.mended = False

    async def __call__(self, deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        verdict: Outcome = Done() if self.mended else Dead(Reason.INVALID_MESSAGE, "a release that reads nothing")
        return [verdict] * len(deliveries)


async def read_all(redis: Redis) -> list[Delivery]:
    for number in range(ENTRIES):
        await redis.xadd(RAW.name, {"data": str(number)})
    answer: Any = await redis.xreadgroup(Group.ENRICH, "w", {RAW.name: ">"}, count=ENTRIES)
    return [Delivery(entry_id=entry_id, fields=fields) for entries in answer.values() for entry_id, fields in entries[0]]


def room_of(redis: Redis, handler: Handler, *, brake: Brake) -> Room:
    return Room(redis=redis, stream=RAW, group=Group.ENRICH, consumer="w", handle=handler, brake=brake)


async def test_the_worker_pauses_within_seconds_says_why_and_goes_on_when_the_cause_is_mended(redis: Redis) -> None:
    await create_topology(redis)
    handler = Handler()
    room = room_of(redis, handler, brake=Brake())
    began_at = time.monotonic()
    work = asyncio.create_task(room.work_through(await read_all(redis)))
    await wait_until(lambda: room.blocked, within_s=5, what="the brake is pulled")
    assert time.monotonic() - began_at < 5
    assert "brake" in str(room.blocked)
    assert await redis.xlen(RAW_DEAD.name) < 50
    handler.mended = True
    await work
    assert room.blocked is None
    summary: Any = await redis.xpending(RAW.name, Group.ENRICH)
    assert summary["pending"] == 0
    assert await redis.xlen(RAW_DEAD.name) < 50


async def test_with_the_brake_off_every_entry_gets_its_letter(redis: Redis) -> None:
    await create_topology(redis)
    await room_of(redis, Handler(), brake=Brake(enabled=False)).work_through(await read_all(redis))
    assert await redis.xlen(RAW_DEAD.name) == ENTRIES
