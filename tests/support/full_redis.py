"""A Redis that has reached its limit."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.asyncio import Redis


@asynccontextmanager
async def full(redis: Redis) -> AsyncIterator[None]:
    """Within the block it refuses whatever would take memory."""
    await redis.config_set("maxmemory", "1")
    try:
        yield
    finally:
        await redis.config_set("maxmemory", "0")
