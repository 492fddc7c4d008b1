"""Dead letters as a worker writes them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from kabar_chassis.delivery.dead_letters import add_letter
from kabar_chassis.delivery.outcome import Dead, Delivery, Reason
from kabar_chassis.letters.letter import LetterId
from kabar_contracts.streams import RAW, Group, Stream, dead_letters
from redis.asyncio import Redis

GIVEN_UP = datetime(2026, 5, 4, 12, 30, tzinfo=UTC)


async def give_up(
    redis: Redis,
    fields: Mapping[bytes, bytes],
    *,
    reason: Reason = Reason.INVALID_MESSAGE,
    detail: str = "/title: too long",
    stream: Stream = RAW,
    stage: Group = Group.ENRICH,
    attempts: int = 1,
) -> LetterId:
    """Put an entry with these fields on its stream, read it, and give it up in one transaction with its acknowledgement."""
    entry_id: Any = await redis.xadd(stream.name, dict(fields))  # type: ignore[arg-type]  # the stub wants a wider, invariant dict
    dead = dead_letters(stream)
    delivery = Delivery(entry_id=entry_id, fields=fields, attempts=attempts)
    async with redis.pipeline(transaction=True) as transaction:
        add_letter(transaction, delivery, Dead(reason, detail), stream=stream.name, stage=stage.value, dead_stream=dead.name, now=GIVEN_UP)
        transaction.xack(stream.name, stage.value, entry_id)
        answers = await transaction.execute()
    return LetterId(dead, answers[0].decode())


async def entries(redis: Redis, stream: Stream) -> list[tuple[str, dict[bytes, bytes]]]:
    """What lies on a stream, oldest first."""
    rows: Any = await redis.xrange(stream.name)
    return [(entry_id.decode(), fields) for entry_id, fields in rows]
