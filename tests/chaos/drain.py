"""Waiting until nothing moves any more: every group has read and acknowledged everything."""

import time
from dataclasses import dataclass
from typing import Any, Final

from public_contract import GROUPS
from redis import Redis
from redis.exceptions import RedisError

LOOKS: Final = 3
"""So often in a row it must be quiet: what a frozen service still holds may come late."""
LOOK_EVERY_S: Final = 0.5


class NotDrainedError(AssertionError):
    """Something was still waiting at the deadline."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How far one group is."""

    stream: str
    group: str
    pending: int
    is_behind: bool
    """Whether there are entries that it has not read."""

    def __str__(self) -> str:
        """For a person."""
        return f"{self.group} on {self.stream}: {self.pending} pending{', more not read' if self.is_behind else ''}"


def waiting(redis: Redis) -> list[Waiting]:
    """The groups that are not done. Raises redis.exceptions.RedisError."""
    return [group for group in (_group(redis, stream, name) for stream, name in GROUPS) if group.pending or group.is_behind]


def drained(redis_url: str, *, within_s: float) -> float:
    """How many seconds it took until every group was done and stayed so. Raises NotDrainedError."""
    begun = time.monotonic()
    quiet = 0
    last: object = "nothing was seen"
    with Redis.from_url(redis_url, socket_timeout=5) as redis:
        while quiet < LOOKS:
            try:
                left = waiting(redis)
            except RedisError as error:
                left, last, quiet = [], error, 0
            else:
                quiet = 0 if left else quiet + 1
                last = "; ".join(str(group) for group in left)
            if time.monotonic() - begun > within_s:
                raise NotDrainedError(f"not drained within {within_s:g} s: {last}")
            time.sleep(LOOK_EVERY_S)
    return time.monotonic() - begun - LOOKS * LOOK_EVERY_S


def _group(redis: Redis, stream: str, name: str) -> Waiting:
    last_id: Any = redis.xinfo_stream(stream)["last-generated-id"]
    groups: Any = redis.xinfo_groups(stream)
    for group in groups:
        if group["name"] == name.encode():
            return Waiting(stream, name, group["pending"], group["last-delivered-id"] != last_id)
    raise NotDrainedError(f"{stream} has no group {name}")
