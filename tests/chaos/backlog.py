"""Keeps the load at what the machine can take: producers wait while there is much before the enricher.

Else a slow machine would measure its own queue: what is pushed after a fault waits behind all that came faster than it could be
enriched, and no fault would ever be over.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from producers import Pace
from public_contract import RAW
from redis.asyncio import Redis
from redis.exceptions import RedisError

BEHIND_S: Final = 4.0
"""How much later the last entry was accepted than the last one that the enricher was given, when producers begin to wait."""
LOOK_EVERY_S: Final = 0.25
_GROUP: Final = b"enrich"


@asynccontextmanager
async def held_back(pace: Pace, *, redis_url: str) -> AsyncIterator[None]:
    """Hold the producers of this pace back while the block runs; after it they go on."""
    over = asyncio.Event()
    pace.may_go_on.set()
    watching = asyncio.create_task(_watch(pace, redis_url=redis_url, over=over), name="backlog")
    try:
        yield
    finally:
        # Not canceled: the client of Redis can swallow a cancellation.
        over.set()
        await watching
        pace.may_go_on.set()


async def _watch(pace: Pace, *, redis_url: str, over: asyncio.Event) -> None:
    async with Redis.from_url(redis_url, socket_timeout=2) as redis:
        while not over.is_set():
            # While Redis is away nobody can push either.
            with suppress(RedisError, OSError, TimeoutError):
                if await _seconds_behind(redis) < BEHIND_S:
                    pace.may_go_on.set()
                else:
                    pace.may_go_on.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_S):
                    await over.wait()


async def _seconds_behind(redis: Redis) -> float:
    """By the ids, which begin with a time. The lag that Redis counts is unknown after its restart."""
    last: bytes = (await redis.xinfo_stream(RAW))["last-generated-id"]
    groups: list[dict[str, Any]] = await redis.xinfo_groups(RAW)
    given: bytes = next(group["last-delivered-id"] for group in groups if group["name"] == _GROUP)
    return (_milliseconds(last) - _milliseconds(given)) / 1000


def _milliseconds(entry_id: bytes) -> int:
    return int(entry_id.partition(b"-")[0])
