"""Settling a batch: hand-overs, dead letters and acknowledgements in one transaction."""

from collections.abc import Sequence
from datetime import datetime

from redis.asyncio import Redis

from kabar_chassis.delivery.dead_letters import add_letter
from kabar_chassis.delivery.outcome import Dead, Delivery, Done, HandOver, Outcome


async def settle(
    redis: Redis,
    pairs: Sequence[tuple[Delivery, Outcome]],
    *,
    stream: str,
    group: str,
    next_stream: str | None,
    dead_stream: str,
    now: datetime,
) -> None:
    """Write what comes of these deliveries and acknowledge them, all or nothing. Safe to run twice.

    MULTI and not a bare pipeline: at `maxmemory` XADD fails while XACK goes on, and the article would be gone.
    No MAXLEN: it drops undelivered entries. Raises redis.exceptions.RedisError; then nothing is certain, and
    whoever calls repeats it: entries written twice have the same effect as once.
    """
    settled = [(delivery, outcome) for delivery, outcome in pairs if isinstance(outcome, Done | HandOver | Dead)]
    if not settled:
        return
    async with redis.pipeline(transaction=True) as transaction:
        for delivery, outcome in settled:
            if isinstance(outcome, HandOver):
                if next_stream is None:
                    message = f"a worker of group {group} hands over, but has no next stream"
                    raise ValueError(message)
                transaction.xadd(next_stream, dict(outcome.fields))  # type: ignore[arg-type]  # the stub wants a wider, invariant dict
            elif isinstance(outcome, Dead):
                add_letter(transaction, delivery, outcome, stream=stream, stage=group, dead_stream=dead_stream, now=now)
        transaction.xack(stream, group, *[delivery.entry_id for delivery, _ in settled])
        await transaction.execute()
