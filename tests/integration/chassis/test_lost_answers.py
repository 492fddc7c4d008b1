"""An answer of Redis that never came: what it brought is taken up at once, and no other dead connection is tried."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from kabar_chassis import redis_client
from kabar_chassis.delivery.intake import Intake
from kabar_chassis.delivery.outcome import Delivery, Done, Outcome
from kabar_chassis.delivery.room import Room
from kabar_chassis.delivery.upkeep import reclaim_forever
from kabar_chassis.topology import create_topology
from kabar_contracts.streams import RAW, Group
from kabar_embedded import RunningServer
from redis.asyncio import Redis
from redis.exceptions import TimeoutError as NoAnswerError
from waiting import wait_until


@pytest.fixture
async def streams(redis: Redis) -> Redis:
    await create_topology(redis)
    return redis


async def test_what_a_lost_answer_had_brought_is_handled_at_once_by_whom_it_was_for(streams: Redis) -> None:
    handled: list[tuple[bytes, int]] = []

    async def handle(deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        handled.extend((delivery.fields[b"data"], delivery.attempts) for delivery in deliveries)
        return [Done()] * len(deliveries)

    # So patient a reclaimer would leave them for a quarter of an hour.
    room = Room(redis=streams, stream=RAW, group=Group.ENRICH, consumer="worker-1", handle=handle, reclaim_after_ms=900_000)
    for value in ("one", "two"):
        await streams.xadd(RAW.name, {"data": value})

    async def lost() -> Any:
        await streams.xreadgroup(Group.ENRICH, "worker-1", {RAW.name: ">"})
        raise NoAnswerError

    assert await Intake(room=room).read(lost) == ()
    upkeep = asyncio.create_task(reclaim_forever(room))
    try:
        await wait_until(lambda: len(handled) == 2, within_s=5, what="both are handled")
        assert handled == [(b"one", 1), (b"two", 1)]
        assert (await streams.xpending(RAW.name, Group.ENRICH))["pending"] == 0
    finally:
        upkeep.cancel()
        await asyncio.gather(upkeep, return_exceptions=True)


async def test_what_is_in_hand_is_not_taken_for_lost(streams: Redis) -> None:
    handled: list[bytes] = []

    async def handle(deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        handled.extend(delivery.entry_id for delivery in deliveries)
        return [Done()] * len(deliveries)

    room = Room(redis=streams, stream=RAW, group=Group.ENRICH, consumer="worker-1", handle=handle)
    ids: list[Any] = [await streams.xadd(RAW.name, {"data": value}) for value in ("in hand", "lost")]
    await streams.xreadgroup(Group.ENRICH, "worker-1", {RAW.name: ">"})
    room.in_hand[ids[0]] = Delivery(entry_id=ids[0], fields={})
    room.read_failed_at = 0.0
    upkeep = asyncio.create_task(reclaim_forever(room))
    try:
        await wait_until(lambda: room.read_failed_at is None, within_s=5, what="it has looked")
        assert handled == [ids[1]]
    finally:
        upkeep.cancel()
        await asyncio.gather(upkeep, return_exceptions=True)


@asynccontextmanager
async def forgetful_firewall(server: RunningServer) -> AsyncIterator[tuple[int, asyncio.Event]]:
    """A port that leads to the server. Once the event is set, connections that were open carry no answer any more."""
    forgets = asyncio.Event()
    tasks: set[asyncio.Task[None]] = set()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_old: bool) -> None:
        while data := await reader.read(65_536):
            if not (is_old and forgets.is_set()):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        is_old = not forgets.is_set()
        up_reader, up_writer = await asyncio.open_connection(server.host, server.port)
        for pair in ((reader, up_writer), (up_reader, writer)):
            tasks.add(asyncio.create_task(carry(*pair, is_old=is_old)))

    listener = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield listener.sockets[0].getsockname()[1], forgets
    finally:
        listener.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_after_one_dead_connection_the_others_of_the_pool_are_not_tried_one_by_one(
    redis_server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_client, "SOCKET_TIMEOUT_S", 0.5)
    async with forgetful_firewall(redis_server) as (port, forgets), redis_client.connect(f"redis://127.0.0.1:{port}/0") as client:
        await asyncio.gather(*(client.ping() for _ in range(8)))
        forgets.set()
        with pytest.raises(NoAnswerError):
            await client.ping()
        assert all(await asyncio.gather(*(client.ping() for _ in range(8))))
