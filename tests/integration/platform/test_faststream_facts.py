"""FastStream by itself, without what we put around it: why the worker reads as it does."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from faststream import AckPolicy
from faststream.redis import RedisBroker, StreamSub
from kabar_embedded import RunningServer, free_port
from redis.asyncio import Redis
from waiting import wait_until

STREAM, GROUP, CONSUMER = "facts", "readers", "reader-1"
HOT_LOOP_READS = 100
WITHIN_S = 5.0


def entries(**changes: Any) -> StreamSub[Any]:
    """A subscription as ours, with these changes."""
    options: dict[str, Any] = {"group": GROUP, "consumer": CONSUMER, "batch": True, "max_records": 10, "polling_interval": 100} | changes
    found: StreamSub[Any] = StreamSub(STREAM, **options)
    return found


def broker_of(server: RunningServer, **options: Any) -> RedisBroker:
    return RedisBroker(server.url, **({"logger": None, "ack_policy": AckPolicy.MANUAL, "apply_types": False} | options))


@asynccontextmanager
async def reading(broker: RedisBroker, stream: StreamSub[Any], handle: Callable[[Any], Any]) -> AsyncIterator[Any]:
    """A started broker with this one subscription; gives the subscription."""
    subscriber = broker.subscriber(stream=stream)

    async def handler(batch: Any) -> None:
        answer = handle(batch)
        if answer is not None:
            await answer

    subscriber(handler)
    await broker.start()
    try:
        yield subscriber
    finally:
        await broker.stop()


async def pending(redis: Redis) -> int:
    summary: Any = await redis.xpending(STREAM, GROUP)
    return int(summary["pending"])


@pytest.fixture
async def grouped(redis: Redis) -> Redis:
    await redis.xgroup_create(STREAM, GROUP, id="0", mkstream=True)
    return redis


async def add(redis: Redis, *values: int) -> None:
    for value in values:
        await redis.xadd(STREAM, {"n": value})


async def test_a_group_that_a_subscriber_creates_starts_behind_everything_published(redis: Redis, redis_server: RunningServer) -> None:
    await add(redis, 1)
    received: list[Any] = []
    async with reading(broker_of(redis_server), entries(), received.extend):
        await add(redis, 2)
        await wait_until(lambda: received, within_s=WITHIN_S, what="the second entry")
    assert received == [{"n": "2"}]


async def test_without_max_records_the_whole_backlog_goes_pending_in_one_read(grouped: Redis, redis_server: RunningServer) -> None:
    await add(grouped, *range(300))
    sizes: list[int] = []
    async with reading(broker_of(redis_server), entries(max_records=None), lambda batch: sizes.append(len(batch))):
        await wait_until(lambda: sizes, within_s=WITHIN_S, what="a batch")
    assert sizes == [300]


async def test_a_read_takes_no_more_than_max_records_and_the_next_waits_for_the_handler(
    grouped: Redis, redis_server: RunningServer
) -> None:
    await add(grouped, *range(7))
    sizes, goes_on = [], asyncio.Event()

    async def handle(batch: Sequence[Any]) -> None:
        sizes.append(len(batch))
        await goes_on.wait()

    async with reading(broker_of(redis_server), entries(max_records=3), handle):
        await wait_until(lambda: sizes, within_s=WITHIN_S, what="a batch")
        assert await pending(grouped) == 3
        goes_on.set()
        await wait_until(lambda: sum(sizes) == 7, within_s=WITHIN_S, what="all batches")
    assert sizes == [3, 3, 1]


async def test_an_exception_of_a_handler_is_swallowed_and_its_entries_stay_pending_for_good(
    grouped: Redis, redis_server: RunningServer
) -> None:
    received: list[Any] = []

    def handle(batch: Sequence[Any]) -> None:
        received.extend(batch)
        raise ValueError(batch)

    async with reading(broker_of(redis_server), entries(max_records=1), handle) as subscriber:
        await add(grouped, 1, 2)
        await wait_until(lambda: len(received) == 2, within_s=WITHIN_S, what="both entries")
        assert await pending(grouped) == 2
        assert not any(task.done() for task in subscriber.tasks)
    assert received == [{"n": "1"}, {"n": "2"}]


async def test_with_manual_acknowledgement_nothing_is_acknowledged_after_a_good_end(grouped: Redis, redis_server: RunningServer) -> None:
    received: list[Any] = []
    async with reading(broker_of(redis_server), entries(max_records=1), received.extend):
        await add(grouped, 1, 2)
        await wait_until(lambda: len(received) == 2, within_s=WITHIN_S, what="both entries, so that the first has come to its end")
    assert await pending(grouped) == 2


async def test_without_it_a_whole_batch_is_acknowledged_at_once(grouped: Redis, redis_server: RunningServer) -> None:
    received: list[Any] = []
    await add(grouped, 1, 2)
    async with reading(broker_of(redis_server, ack_policy=AckPolicy.REJECT_ON_ERROR), entries(), received.extend):

        async def is_acknowledged() -> bool:
            return bool(received) and await pending(grouped) == 0

        await wait_until(is_acknowledged, within_s=WITHIN_S, what="the batch is acknowledged")
    assert len(received) == 2


async def test_the_own_parser_takes_a_field_named_data_with_underscores_for_its_envelope(
    grouped: Redis, redis_server: RunningServer
) -> None:
    fields: Any = {"__data__": "7", "other": "lost"}
    received: list[Any] = []
    await grouped.xadd(STREAM, fields)
    async with reading(broker_of(redis_server), entries(), received.extend):
        await wait_until(lambda: received, within_s=WITHIN_S, what="the entry")
    assert received == [7]


async def refused_reads(redis: Redis) -> int:
    stats: Any = await redis.info("commandstats")
    return int(stats.get("cmdstat_xreadgroup", {}).get("rejected_calls", 0))


async def test_a_reader_that_a_read_only_server_refuses_starts_again_in_a_hot_loop(grouped: Redis, redis_server: RunningServer) -> None:
    async with reading(broker_of(redis_server), entries(), lambda _: None) as subscriber:
        await grouped.config_resetstat()
        await grouped.replicaof("127.0.0.1", str(free_port()))
        try:

            async def is_hot() -> bool:
                return await refused_reads(grouped) > HOT_LOOP_READS

            await wait_until(is_hot, within_s=WITHIN_S, what=f"{HOT_LOOP_READS} refused reads")
            assert len(subscriber.tasks) > HOT_LOOP_READS / 2, "each start leaves its task behind"
        finally:
            await grouped.replicaof("NO", "ONE")


async def test_a_reader_whose_group_is_gone_stops_for_good_while_the_broker_answers_its_ping(
    grouped: Redis, redis_server: RunningServer
) -> None:
    broker = broker_of(redis_server)
    async with reading(broker, entries(), lambda _: None) as subscriber:
        await wait_until(lambda: subscriber.tasks, within_s=WITHIN_S, what="it reads")
        await grouped.xgroup_destroy(STREAM, GROUP)
        await wait_until(lambda: not subscriber.running, within_s=WITHIN_S, what="it has stopped")
        assert all(task.done() for task in subscriber.tasks)
        assert await broker.ping(timeout=1)


async def test_a_stopping_broker_waits_for_a_handler_no_longer_than_its_grace_time(grouped: Redis, redis_server: RunningServer) -> None:
    began, ended = asyncio.Event(), asyncio.Event()

    async def handle(_: Any) -> None:
        began.set()
        await ended.wait()

    broker = broker_of(redis_server, graceful_timeout=0.3)
    async with reading(broker, entries(), handle):
        await add(grouped, 1)
        await asyncio.wait_for(began.wait(), WITHIN_S)
        await asyncio.wait_for(broker.stop(), 2)
    assert await pending(grouped) == 1
