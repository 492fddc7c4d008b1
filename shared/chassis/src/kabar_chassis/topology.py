"""The streams and their groups: created once, before anything is published; services only join."""

from collections.abc import Iterable

from kabar_contracts.streams import ALL, Group, Stream
from redis.asyncio import Redis
from redis.exceptions import ResponseError


async def create_topology(redis: Redis) -> list[str]:
    """Create every missing group at id 0, and its stream. Safe to run twice. Returns what was created.

    At id 0, so that a group made late still gets every entry. Raises redis.exceptions.RedisError.
    """
    created = []
    for stream in ALL:
        for group in stream.groups:
            try:
                await redis.xgroup_create(stream.name, group.value, id="0", mkstream=True)
            except ResponseError as error:
                if not str(error).startswith("BUSYGROUP"):
                    raise
            else:
                created.append(f"{stream.name} {group.value}")
    return created


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
