"""An answer of Redis that never came: what it brought is taken up at once, and no other dead connection is tried."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from kabar_chassis import redis_client
from kabar_embedded import RunningServer
from redis.exceptions import TimeoutError as NoAnswerError


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
