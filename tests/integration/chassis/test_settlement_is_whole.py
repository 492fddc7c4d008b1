"""A batch is settled whole or not at all, whatever Redis refuses, and what waits is never shortened by what comes."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from full_redis import full
from kabar_chassis.delivery.outcome import Dead, Delivery, Done, HandOver, Outcome, Reason
from kabar_chassis.delivery.settlement import settle
from kabar_chassis.topology import create_topology
from kabar_contracts.streams import ENRICHED, RAW, RAW_DEAD, Group, Stream
from long_streams import WAITING, fill
from redis.asyncio import Redis
from redis.exceptions import RedisError

HAND_OVER, DEAD = HandOver({b"data": b"enriched"}), Dead(Reason.INVALID_MESSAGE, "no JSON")


def forbidding(command: str) -> Callable[[Redis], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def forbid(redis: Redis) -> AsyncIterator[None]:
        await redis.acl_setuser("default", enabled=True, nopass=True, keys=["*"], commands=["+@all", f"-{command}"], reset_keys=True)
        try:
            yield
        finally:
            await redis.acl_setuser("default", enabled=True, nopass=True, keys=["*"], commands=["+@all"], reset_keys=True)

    return forbid


REFUSALS: dict[str, Callable[[Redis], AbstractAsyncContextManager[None]]] = {
    "is full": full,
    "forbids to add": forbidding("xadd"),
    "forbids to acknowledge": forbidding("xack"),
}


async def settle_with(redis: Redis, deliveries: list[Delivery], *outcomes: Outcome) -> None:
    await settle(
        redis,
        list(zip(deliveries, outcomes, strict=True)),
        stream=RAW.name,
        group=Group.ENRICH.value,
        next_stream=ENRICHED.name,
        dead_stream=RAW_DEAD.name,
        now=datetime.now(UTC),
    )


async def read(redis: Redis, *values: str) -> list[Delivery]:
    """Entries with these values, added and delivered."""
    for value in values:
        await redis.xadd(RAW.name, {"data": value})
    answer: Any = await redis.xreadgroup(Group.ENRICH, "worker-1", {RAW.name: ">"})
    return [Delivery(entry_id=entry_id, fields=fields) for entry_id, fields in answer[RAW.name.encode()][0]]


async def lengths(redis: Redis) -> tuple[int, int, int]:
    """What is pending, what was handed over, what was given up."""
    summary: Any = await redis.xpending(RAW.name, Group.ENRICH)
    return int(summary["pending"]), int(await redis.xlen(ENRICHED.name)), int(await redis.xlen(RAW_DEAD.name))


@pytest.mark.parametrize("outcome", [HAND_OVER, DEAD], ids=["handed over", "given up"])
@pytest.mark.parametrize("refusal", REFUSALS)
async def test_while_redis_refuses_a_part_of_a_settlement_none_of_it_is_done(streams: Redis, refusal: str, outcome: Outcome) -> None:
    deliveries = await read(streams, "one", "two")
    async with REFUSALS[refusal](streams):
        with pytest.raises(RedisError):
            await settle_with(streams, deliveries, Done(), outcome)
        assert await lengths(streams) == (2, 0, 0)
    await settle_with(streams, deliveries, Done(), outcome)
    assert await lengths(streams) == (0, int(outcome is HAND_OVER), int(outcome is DEAD))


async def test_no_stream_is_shortened_by_what_comes_however_long_it_is(redis: Redis) -> None:
    await fill(redis, ENRICHED.name, RAW_DEAD.name)
    await create_topology(redis)
    deliveries = await read(redis, "one", "two", "three")
    await settle_with(redis, deliveries, HAND_OVER, DEAD, Done())
    assert await lengths(redis) == (0, WAITING + 1, WAITING + 1)


@pytest.mark.parametrize(("stream", "outcome"), [(ENRICHED, HAND_OVER), (RAW_DEAD, DEAD)], ids=["next stream", "dead letters"])
async def test_nothing_is_acknowledged_while_something_else_lies_where_a_stream_should_be(
    streams: Redis, stream: Stream, outcome: Outcome
) -> None:
    deliveries = await read(streams, "one")
    await streams.delete(stream.name)
    await streams.set(stream.name, "no stream")
    with pytest.raises(RedisError, match="WRONGTYPE"):
        await settle_with(streams, deliveries, outcome)
    before: Any = await streams.xpending(RAW.name, Group.ENRICH)
    await streams.delete(stream.name)
    await settle_with(streams, deliveries, outcome)
    after: Any = await streams.xpending(RAW.name, Group.ENRICH)
    assert (before["pending"], after["pending"], await streams.xlen(stream.name)) == (1, 0, 1)
