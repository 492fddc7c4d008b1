"""How FastStream reads a stream for us: batches of raw entries, acknowledged by the delivery room and by nobody else."""

import os
import secrets
import socket
from collections.abc import Sequence
from typing import Any, Literal

from faststream import AckPolicy
from faststream.redis import RedisBroker, StreamSub
from faststream.redis.message import FAKE_CONSUMER, RedisBatchStreamMessage
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from kabar_chassis.delivery.outcome import Delivery
from kabar_chassis.delivery.room import Room
from kabar_chassis.redis_client import SOCKET_TIMEOUT_S

POLLING_INTERVAL_MS = 1_000
"""How long a read blocks; well below the socket's time-out."""


def broker(url: str) -> RedisBroker:
    """The broker of a worker. Without FastStream's logger, which writes two lines a message."""
    return RedisBroker(
        url,
        logger=None,  # type: ignore[arg-type]  # documented, but missing from its type
        parser=_as_received,
        decoder=_untouched,
        socket_timeout=SOCKET_TIMEOUT_S,
        socket_connect_timeout=SOCKET_TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
        apply_types=False,
        ack_policy=AckPolicy.MANUAL,
        graceful_timeout=10.0,
    )


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
