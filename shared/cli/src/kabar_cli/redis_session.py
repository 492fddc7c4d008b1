"""One command's talk with Redis."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from kabar_chassis import redis_client
from redis.asyncio import Redis
from redis.exceptions import RedisError

from kabar_cli.exits import Exit, failure
from kabar_cli.services_client import address_of

Result = TypeVar("Result")


def with_redis(command: Callable[[Redis], Awaitable[Result]]) -> Result:
    """What the command gives with a client of Redis. One that cannot be reached ends it with a message."""
    address = address_of("redis")

    async def run() -> Result:
        async with redis_client.connect(address) as redis:
            return await command(redis)

    try:
        return asyncio.run(run())
    except RedisError as error:
        raise failure(Exit.UNAVAILABLE, f"Redis: {error}. `kabar status` shows what runs.") from error
