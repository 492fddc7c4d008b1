"""redis-py against real servers: what it repeats, how long it waits, and the shapes in which it answers."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from kabar_chassis.redis_client import SOCKET_TIMEOUT_S, connect
from kabar_chassis.subscription import POLLING_INTERVAL_MS
from kabar_embedded import RunningServer, free_port
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import OutOfMemoryError, ReadOnlyError, RedisError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError
from waiting import wait_until

STREAM, GROUP = "facts", "readers"


@dataclass(slots=True)
class Cutter:
    """A proxy that passes an XADD on and then cuts the connection instead of passing its answer back."""

    server_port: int
    cuts: int
    """How many more answers it keeps back."""
    port: int = 0
    connections: list[asyncio.Task[None]] = field(default_factory=list)

    def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections.append(asyncio.create_task(self._serve(reader, writer)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self.server_port)
        with contextlib.closing(writer), contextlib.closing(server_writer), contextlib.suppress(ConnectionError):
            while request := await reader.read(65_536):
                server_writer.write(request)
                answer = await server_reader.read(65_536)
                if b"XADD" in request and self.cuts > 0:
                    self.cuts -= 1
                    return
                writer.write(answer)


@asynccontextmanager
async def cutting(server: RunningServer, *, cuts: int) -> AsyncIterator[Cutter]:
    cutter = Cutter(server.port, cuts)
    listening = await asyncio.start_server(cutter.connected, "127.0.0.1", 0)
    cutter.port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield cutter
        await asyncio.gather(*cutter.connections)


async def test_our_client_writes_an_entry_once_when_the_answer_is_lost(redis: Redis, redis_server: RunningServer) -> None:
    async with cutting(redis_server, cuts=1) as cutter, connect(f"redis://127.0.0.1:{cutter.port}/0") as client:
        with pytest.raises(RedisConnectionError):
            await client.xadd(STREAM, {"n": 1})
    assert await redis.xlen(STREAM) == 1


async def test_a_transaction_of_our_client_is_sent_once_when_the_answer_is_lost(redis: Redis, redis_server: RunningServer) -> None:
    async with (
        cutting(redis_server, cuts=1) as cutter,
        connect(f"redis://127.0.0.1:{cutter.port}/0") as client,
        client.pipeline(transaction=True) as transaction,
    ):
        transaction.xadd(STREAM, {"n": 1})
        with pytest.raises(RedisConnectionError):
            await transaction.execute()
    assert await redis.xlen(STREAM) == 1


async def test_a_client_by_default_writes_an_entry_again_when_the_answer_is_lost(redis: Redis, redis_server: RunningServer) -> None:
    async with cutting(redis_server, cuts=1) as cutter, Redis(port=cutter.port) as client:
        await client.xadd(STREAM, {"n": 1})
    assert await redis.xlen(STREAM) == 2


async def test_a_blocking_read_ends_empty_and_well_before_the_sockets_timeout(redis: Redis) -> None:
    assert POLLING_INTERVAL_MS / 1000 < SOCKET_TIMEOUT_S / 2
    await redis.xgroup_create(STREAM, GROUP, mkstream=True)
    assert not await redis.xreadgroup(GROUP, "c", {STREAM: ">"}, block=100)


async def test_a_blocking_read_beyond_the_sockets_timeout_fails(redis: Redis, redis_server: RunningServer) -> None:
    await redis.xgroup_create(STREAM, GROUP, mkstream=True)
    async with connect(redis_server.url) as client:
        client.connection_pool.connection_kwargs["socket_timeout"] = 0.2
        with pytest.raises(RedisTimeoutError):
            await client.xreadgroup(GROUP, "c", {STREAM: ">"}, block=1_000)


async def filled(redis: Redis) -> list[Any]:
    """A stream with two entries, both read by one consumer; their ids."""
    await redis.xgroup_create(STREAM, GROUP, id="0", mkstream=True)
    ids = [await redis.xadd(STREAM, {"n": number}) for number in range(2)]
    await redis.xreadgroup(GROUP, "c", {STREAM: ">"})
    return ids


async def test_xreadgroup_answers_a_stream_with_lists_of_entries_in_bytes(redis: Redis) -> None:
    await redis.xgroup_create(STREAM, GROUP, id="0", mkstream=True)
    entry_id = await redis.xadd(STREAM, {"n": b"\xff"})
    assert await redis.xreadgroup(GROUP, "c", {STREAM: ">"}) == {STREAM.encode(): [[(entry_id, {b"n": b"\xff"})]]}
    assert await redis.xreadgroup(GROUP, "c", {STREAM: ">"}) == {}


async def test_xpending_answers_owner_idle_time_and_count(redis: Redis) -> None:
    ids = await filled(redis)
    rows: Any = await redis.xpending_range(STREAM, GROUP, min="-", max="+", count=10)
    assert [set(row) for row in rows] == [{"message_id", "consumer", "time_since_delivered", "times_delivered"}] * 2
    assert [(row["message_id"], row["consumer"], row["times_delivered"]) for row in rows] == [(ids[0], b"c", 1), (ids[1], b"c", 1)]
    assert (await redis.xpending(STREAM, GROUP))["pending"] == 2


async def test_xclaim_answers_ids_with_fields(redis: Redis) -> None:
    ids = await filled(redis)
    assert await redis.xclaim(STREAM, GROUP, "d", min_idle_time=0, message_ids=ids) == [(ids[0], {b"n": b"0"}), (ids[1], {b"n": b"1"})]


async def test_xinfo_groups_answers_names_as_bytes_under_texts(redis: Redis) -> None:
    await filled(redis)
    (group,) = await redis.xinfo_groups(STREAM)
    assert group["name"] == GROUP.encode()
    assert {"pending", "last-delivered-id", "entries-read", "lag"} <= set(group)


async def test_a_script_answers_numbers_bytes_and_nested_lists(redis: Redis) -> None:
    answer: Any = await redis.eval("return {1, 'a', {'b', 2}, ''}", 0)
    assert answer == [1, b"a", [b"b", 2], b""]


async def refusal_of(attempt: Any) -> RedisError:
    with pytest.raises(RedisError) as caught:
        await attempt
    return caught.value


async def test_refusals_are_told_apart_by_these_words(redis: Redis) -> None:
    await redis.xgroup_create(STREAM, GROUP, id="0", mkstream=True)
    again = await refusal_of(redis.xgroup_create(STREAM, GROUP))
    assert isinstance(again, ResponseError)
    assert str(again).startswith("BUSYGROUP")
    assert "no such key" in str(await refusal_of(redis.xinfo_groups("nothing"))).lower()
    assert "NOGROUP" in str(await refusal_of(redis.xreadgroup("nobody", "c", {STREAM: ">"})))
    assert "NOGROUP" in str(await refusal_of(redis.xreadgroup("nobody", "c", {"nothing": ">"})))


async def test_a_waiting_read_is_told_that_its_group_is_gone(redis: Redis) -> None:
    await redis.xgroup_create(STREAM, GROUP, mkstream=True)

    async def is_waiting() -> bool:
        return int((await redis.info("clients"))["blocked_clients"]) == 1

    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(refusal_of(redis.xreadgroup(GROUP, "c", {STREAM: ">"}, block=4_000)))
        await wait_until(is_waiting, within_s=2, what="it waits")
        await redis.xgroup_destroy(STREAM, GROUP)
    assert "NOGROUP" in str(waiting.result())


async def test_a_full_and_a_read_only_server_raise_classes_of_their_own(redis: Redis) -> None:
    await redis.config_set("maxmemory", "1")
    try:
        full = await refusal_of(redis.xadd(STREAM, {"n": 1}))
    finally:
        await redis.config_set("maxmemory", "0")
    await redis.replicaof("127.0.0.1", str(free_port()))
    try:
        read_only = await refusal_of(redis.xadd(STREAM, {"n": 1}))
    finally:
        await redis.replicaof("NO", "ONE")
    assert isinstance(full, OutOfMemoryError)
    assert isinstance(read_only, ReadOnlyError)
