"""Streams as they are after a long outage: longer than any limit that somebody might think generous."""

from typing import Final

from redis.asyncio import Redis

WAITING: Final = 1_050_000
_AT_ONCE: Final = 75_000

# KEYS stream | ARGV number of entries. What would take minutes over the wire.
_FILL: Final = "for _ = 1, tonumber(ARGV[1]) do redis.call('XADD', KEYS[1], '*', 'd', '') end"


async def fill(redis: Redis, first: str, *others: str) -> None:
    """Let `WAITING` small entries lie on each of these streams, which must not exist yet. Takes some seconds."""
    for _ in range(WAITING // _AT_ONCE):
        await redis.eval(_FILL, 1, first, _AT_ONCE)
    for other in others:
        await redis.copy(first, other)
