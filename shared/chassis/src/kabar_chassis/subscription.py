"""How FastStream reads a stream for us: batches of raw entries, acknowledged by the delivery room and by nobody else."""

import os
import secrets
import socket
from collections.abc import Sequence
from typing import Any, Literal, cast

from faststream import AckPolicy
from faststream.redis import RedisBroker, StreamSub
from faststream.redis.configs.state import RedisConnectionState
from faststream.redis.message import FAKE_CONSUMER, RedisBatchStreamMessage
from redis.asyncio import Redis

from kabar_chassis.delivery.intake import Intake
from kabar_chassis.delivery.outcome import Delivery
from kabar_chassis.delivery.room import Room
from kabar_chassis.redis_client import READ_TIMEOUT_S, pool_at

POLLING_INTERVAL_MS = 1_000
"""How long a read blocks; well below the time-out of its socket."""


class _ReadingClient(Redis):
    """The client that FastStream reads with: the intake decides about each read, and groups are ours to make."""

    intake: Intake

    async def ping(self, **_: Any) -> bool:
        """Yes. FastStream asks once, before it reads; an answer that fails would make it ask 700 times a second."""
        return True

    async def xgroup_create(self, *_: Any, **__: Any) -> bool:
        """Nothing. FastStream would make a missing group at `$`, and could not start at all while Redis is full."""
        return True

    async def xreadgroup(self, *arguments: Any, **options: Any) -> Any:
        """Read if the intake lets it."""
        return await self.intake.read(lambda: super(_ReadingClient, self).xreadgroup(*arguments, **options))


class _Connection(RedisConnectionState):
    """FastStream's connection, with that client."""

    __slots__ = ("_intake", "_url")

    def __init__(self, url: str, intake: Intake) -> None:
        super().__init__()
        self._url = url
        self._intake = intake

    async def connect(self) -> Redis:
        client = cast("_ReadingClient", _ReadingClient.from_pool(pool_at(self._url, timeout_s=READ_TIMEOUT_S)))
        client.intake = self._intake
        self._client, self._connected = client, True
        return client


class IntakeBroker(RedisBroker):
    """The broker of a worker: FastStream subscribes, the intake reads."""

    def __init__(self, url: str, intake: Intake) -> None:
        self._url = url
        self._intake = intake
        # Without the URL, which FastStream may not be able to read: the connection below is all that it uses.
        super().__init__(
            # FastStream's own logger writes two lines a message.
            logger=None,  # type: ignore[arg-type]  # documented, but missing from its type
            parser=_as_received,
            decoder=_untouched,
            apply_types=False,
            ack_policy=AckPolicy.MANUAL,
            graceful_timeout=1.0,  # when it is stopped, the rooms are quiet already
        )

    def _make_connection_state(self, connection_options: dict[str, Any], kwargs: dict[str, Any]) -> _Connection:  # noqa: ARG002  # FastStream's hook
        return _Connection(self._url, self._intake)


def consumer_name() -> str:
    """A name that no other process has or had: two of one name would hold each other's entries."""
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"


def entries_of(room: Room) -> StreamSub[Literal[True]]:
    """The subscription of this room: new entries of its group, at most a batch at a time."""
    return StreamSub(
        room.stream.name,
        group=room.group.value,
        consumer=room.consumer,
        batch=True,
        max_records=room.batch_size,
        polling_interval=POLLING_INTERVAL_MS,
    )


async def _as_received(message: Any, _original: Any = None) -> RedisBatchStreamMessage:
    """The entries untouched.

    FastStream's own parser takes a field `__data__` for its envelope and turns the batch into JSON, and in a typed
    batch one invalid entry stops the handler for all. Entries are validated one by one by their reader instead.
    """
    return RedisBatchStreamMessage(raw_message=message, body=b"", consumer=FAKE_CONSUMER, group=None)


async def _untouched(message: RedisBatchStreamMessage, _original: Any = None) -> Sequence[Delivery]:
    raw = message.raw_message
    return [Delivery(entry_id=entry_id, fields=fields) for entry_id, fields in zip(raw["message_ids"], raw["data"], strict=True)]
