"""Whose an entry is: what another worker has taken over stays with it, whatever a worker that was frozen does when it thaws."""

import asyncio
from typing import Any

from kabar_chassis.delivery import possession
from kabar_chassis.delivery.outcome import Delivery
from kabar_contracts.streams import RAW, Group
from redis.asyncio import Redis


async def read(redis: Redis, consumer: str, *values: str) -> list[bytes]:
    """The ids of entries with these values, which this consumer was given."""
    for value in values:
        await redis.xadd(RAW.name, {"data": value})
    answer: Any = await redis.xreadgroup(Group.ENRICH, consumer, {RAW.name: ">"})
    return [entry_id for entry_id, _ in answer[RAW.name.encode()][0]]


async def owners(redis: Redis) -> dict[bytes, tuple[bytes, int]]:
    """Entry -> owner and deliveries."""
    rows: Any = await redis.xpending_range(RAW.name, Group.ENRICH, "-", "+", 1_000)
    return {row["message_id"]: (row["consumer"], row["times_delivered"]) for row in rows}


async def test_a_thawed_worker_holds_only_what_is_still_its_own(streams: Redis) -> None:
    lost, kept = await read(streams, "frozen", "one", "two")
    await streams.xclaim(RAW.name, Group.ENRICH, "other", 0, [lost])
    assert await possession.hold(streams, RAW.name, Group.ENRICH, "frozen", [lost, kept]) == 1
    assert {entry_id: owner for entry_id, (owner, _) in (await owners(streams)).items()} == {lost: b"other", kept: b"frozen"}


async def test_a_thawed_worker_that_is_told_to_stop_releases_only_what_is_still_its_own(streams: Redis) -> None:
    lost, kept = await read(streams, "frozen", "one", "two")
    await streams.xclaim(RAW.name, Group.ENRICH, "other", 0, [lost])
    assert await possession.release(streams, RAW.name, Group.ENRICH, "frozen", [lost, kept]) == 1
    released = possession.RELEASED.encode()
    assert {entry_id: owner for entry_id, (owner, _) in (await owners(streams)).items()} == {lost: b"other", kept: released}


async def test_what_is_released_goes_to_one_of_those_who_ask_at_once(streams: Redis) -> None:
    ids = await read(streams, "leaving", *map(str, range(50)))
    await possession.release(streams, RAW.name, Group.ENRICH, "leaving", ids)

    async def take(consumer: str) -> list[Delivery]:
        return await possession.take_released(streams, RAW.name, Group.ENRICH, consumer, at_most=50)

    taken = await asyncio.gather(*(take(f"worker-{number}") for number in range(4)))
    assert sorted(delivery.entry_id for part in taken for delivery in part) == sorted(ids)


async def test_however_long_an_entry_is_held_it_was_delivered_once(streams: Redis) -> None:
    ids = await read(streams, "patient", "one", "two")
    for _ in range(10):
        assert await possession.hold(streams, RAW.name, Group.ENRICH, "patient", ids) == 2
    assert set((await owners(streams)).values()) == {(b"patient", 1)}
