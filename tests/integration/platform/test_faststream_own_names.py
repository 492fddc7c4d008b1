"""The names of FastStream that its documentation does not promise and our reader uses: that they are there and mean what we think."""

import asyncio
import gc
from collections.abc import Sequence
from typing import Any, cast

import pytest
from faststream.redis import RedisBroker
from faststream.redis.configs.state import RedisConnectionState
from faststream.redis.message import FAKE_CONSUMER, RedisBatchStreamMessage
from kabar_chassis.delivery.intake import Intake
from kabar_chassis.delivery.outcome import Delivery, Done, Outcome
from kabar_chassis.delivery.room import Room
from kabar_chassis.subscription import IntakeBroker, entries_of
from kabar_contracts.streams import RAW, Group
from kabar_embedded import RunningServer, free_port
from redis.asyncio import Redis
from waiting import wait_until

WITHIN_S = 5.0


def intake_of(redis: Redis, received: list[Delivery], *, batch_size: int = 10) -> Intake:
    async def handle(deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        received.extend(deliveries)
        return [Done()] * len(deliveries)

    return Intake(room=Room(redis=redis, stream=RAW, group=Group.ENRICH, consumer="reader-1", handle=handle, batch_size=batch_size))


def subscribe(broker: RedisBroker, intake: Intake) -> Any:
    """One subscription of this broker, as each service makes it."""

    async def work(deliveries: Sequence[Delivery]) -> None:
        await intake.take_up(deliveries)

    subscriber = broker.subscriber(stream=entries_of(intake.room))
    subscriber(work)
    return subscriber


@pytest.fixture
async def grouped(redis: Redis) -> Redis:
    await redis.xgroup_create(RAW.name, Group.ENRICH, id="0", mkstream=True)
    return redis


async def test_a_broker_asks_one_hook_for_its_connection_and_reads_with_the_client_that_this_one_makes(
    grouped: Redis, redis_server: RunningServer
) -> None:
    reads: list[str] = []

    class Watched(Redis):
        async def xreadgroup(self, *arguments: Any, **options: Any) -> Any:
            reads.append(options["consumername"])
            return await super().xreadgroup(*arguments, **options)

    class State(RedisConnectionState):
        async def connect(self) -> Redis:
            self._client = cast("Any", Watched.from_url(redis_server.url))
            self._connected = True
            return cast("Redis", self._client)

    state = State()

    class Broker(RedisBroker):
        def _make_connection_state(self, connection_options: dict[str, Any], kwargs: dict[str, Any]) -> State:  # noqa: ARG002  # the hook's own names
            return state

    broker = Broker(redis_server.url, logger=cast("Any", None))
    subscribe(broker, intake_of(grouped, []))
    assert not state
    await broker.start()
    try:
        await wait_until(lambda: reads, within_s=WITHIN_S, what="a read")
        assert state
        assert isinstance(state.client, Watched)
    finally:
        await broker.stop()
    assert not state
    assert reads[0] == "reader-1"


async def test_a_subscription_has_one_task_which_lives_while_it_reads_and_is_gone_or_done_once_it_stopped(
    grouped: Redis, redis_server: RunningServer
) -> None:
    intake = intake_of(grouped, [])
    broker = IntakeBroker(redis_server.url, intake)
    subscriptions = [subscribe(broker, intake), subscribe(broker, intake)]
    assert set(broker.subscribers) == set(subscriptions)
    await broker.start()
    try:
        assert [[task.done() for task in subscriber.tasks] for subscriber in subscriptions] == [[False], [False]]
        await subscriptions[0].stop()
        assert all(task.done() for task in subscriptions[0].tasks)
        assert not any(task.done() for task in subscriptions[1].tasks)
    finally:
        await broker.stop()


async def test_a_broker_keeps_the_subscriptions_that_nobody_else_holds(redis: Redis, redis_server: RunningServer) -> None:
    intake = intake_of(redis, [])
    broker = IntakeBroker(redis_server.url, intake)
    for _ in range(2):
        subscribe(broker, intake)
    gc.collect()
    assert len(broker.subscribers) == 2


async def test_a_batch_comes_as_message_ids_beside_data(grouped: Redis, redis_server: RunningServer) -> None:
    seen: list[Any] = []

    async def parser(message: Any, _original: Any = None) -> RedisBatchStreamMessage:
        seen.append(message)
        return RedisBatchStreamMessage(raw_message=message, body=b"", consumer=FAKE_CONSUMER, group=None)

    broker = RedisBroker(redis_server.url, logger=cast("Any", None), parser=parser, decoder=decoder)
    subscribe(broker, intake_of(grouped, []))
    ids = [await grouped.xadd(RAW.name, {"n": number}) for number in range(2)]
    await broker.start()
    try:
        await wait_until(lambda: seen, within_s=WITHIN_S, what="a batch")
    finally:
        await broker.stop()
    assert seen[0]["message_ids"] == ids
    assert seen[0]["data"] == [{b"n": b"0"}, {b"n": b"1"}]


async def decoder(_message: RedisBatchStreamMessage, _original: Any = None) -> Sequence[Delivery]:
    return []


async def test_a_message_of_the_fake_consumer_can_be_acknowledged_to_no_effect(grouped: Redis) -> None:
    entry_id = await grouped.xadd(RAW.name, {"n": 1})
    await grouped.xreadgroup(Group.ENRICH, "reader-1", {RAW.name: ">"})
    raw: Any = {"type": "bstream", "channel": RAW.name, "message_ids": [entry_id], "data": [{}]}
    await RedisBatchStreamMessage(raw_message=raw, body=b"", consumer=FAKE_CONSUMER, group=None).ack()
    summary: Any = await grouped.xpending(RAW.name, Group.ENRICH)
    assert summary["pending"] == 1


ODD_FIELDS: dict[bytes, bytes] = {
    b"__data__": b'{"data": "taken for an envelope"}',
    b"data": b'{"data": "a top-level text of this name"}',
    b"bytes": b"\x00\xff\xfe",
    b"\xff": b"a name that is no UTF-8",
    b"empty": b"",
}


async def test_our_reader_hands_over_every_field_byte_for_byte(grouped: Redis, redis_server: RunningServer) -> None:
    received: list[Delivery] = []
    intake = intake_of(grouped, received)
    broker = IntakeBroker(redis_server.url, intake)
    subscribe(broker, intake)
    fields: Any = ODD_FIELDS
    entry_id = await grouped.xadd(RAW.name, fields)
    await broker.start()
    try:
        await wait_until(lambda: received, within_s=WITHIN_S, what="the entry")
    finally:
        await broker.stop()
    assert received == [Delivery(entry_id=cast("bytes", entry_id), fields=ODD_FIELDS)]


async def test_our_reader_never_lets_faststream_make_a_group(redis: Redis, redis_server: RunningServer) -> None:
    await redis.xadd(RAW.name, {"n": "published before anybody read"})
    received: list[Delivery] = []
    intake = intake_of(redis, received)
    broker = IntakeBroker(redis_server.url, intake)
    subscribe(broker, intake)
    await broker.start()
    try:
        await wait_until(lambda: received, within_s=WITHIN_S, what="the entry from before")
    finally:
        await broker.stop()


async def test_our_reader_starts_at_once_while_redis_is_away_and_keeps_its_one_task(redis: Redis) -> None:
    intake = intake_of(redis, [])
    broker = IntakeBroker(f"redis://127.0.0.1:{free_port()}/0", intake)
    subscriber = subscribe(broker, intake)
    async with asyncio.timeout(2):
        await broker.start()
    try:
        await wait_until(lambda: intake._failures > 1, within_s=WITHIN_S, what="two reads have failed")  # noqa: SLF001  # the only count there is
        assert [task.done() for task in subscriber.tasks] == [False]
    finally:
        intake.room.stopping.set()
        await broker.stop()
