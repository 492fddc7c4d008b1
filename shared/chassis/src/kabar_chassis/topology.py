"""The streams and their groups: created once, before anything is published; services only join."""

from collections.abc import Iterable

from kabar_contracts.streams import ALL, Group, Stream
from redis.asyncio import Redis
from redis.exceptions import ResponseError


async def create_topology(redis: Redis) -> list[str]:
    """Create every missing group and its stream. Safe to run twice. Returns what was created.

    Raises redis.exceptions.RedisError.
    """
    return [f"{stream.name} {group.value}" for stream in ALL for group in stream.groups if await create_group(redis, stream, group)]


async def create_group(redis: Redis, stream: Stream, group: Group) -> bool:
    """Create a group and its stream, if it is missing. Returns whether it was.

    At id 0, so that a group made late still gets every entry. Raises redis.exceptions.RedisError.
    """
    try:
        await redis.xgroup_create(stream.name, group.value, id="0", mkstream=True)
    except ResponseError as error:
        if not str(error).startswith("BUSYGROUP"):
            raise
        return False
    return True


async def missing_groups(redis: Redis, needed: Iterable[tuple[Stream, Group]]) -> list[str]:
    """The needed groups that do not exist yet, as `stream group`. Raises redis.exceptions.RedisError."""
    missing = []
    for stream, group in needed:
        try:
            names = {info["name"] for info in await redis.xinfo_groups(stream.name)}
        except ResponseError as error:
            if "no such key" not in str(error).lower():
                raise
            names = set()
        if group.value.encode() not in names and group.value not in names:
            missing.append(f"{stream.name} {group.value}")
    return missing
