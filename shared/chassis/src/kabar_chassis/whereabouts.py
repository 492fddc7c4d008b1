"""Where an entry is, as a consumer group sees it. Only reads.

Groups are read first and pending entries second: an entry that is acknowledged in between is then found to be done, and
none that still waits is. An entry that trimming has taken away counts as done, since streams are trimmed only behind
the groups.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, NamedTuple

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from kabar_chassis.backlog import standing_of

PAGE: Final = 200
"""Entries read at a time; each brings its article with it."""


class EntryId(NamedTuple):
    """An entry id that orders as Redis orders it."""

    milliseconds: int
    number: int

    @classmethod
    def of(cls, text: str | bytes) -> "EntryId":
        """The id that is written so. Raises ValueError."""
        moment, _, number = (text.decode() if isinstance(text, bytes) else text).partition("-")
        return cls(int(moment), int(number or 0))

    def __str__(self) -> str:
        """As Redis writes it."""
        return f"{self.milliseconds}-{self.number}"


class Place(StrEnum):
    """How far a group is with an entry."""

    WAITING = "waiting"
    """Not read yet."""
    PENDING = "pending"
    """Some worker has it."""
    DONE = "done"
    """Acknowledged."""
    NO_GROUP = "no_group"
    """There is no such group: nobody will ever read it until somebody makes one."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The place of one entry, and with whom it is while it is pending."""

    place: Place
    consumer: str | None = None
    idle_ms: int | None = None
    deliveries: int | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a group has come on its stream."""

    last_delivered: EntryId
    pending: int


async def progress_of(redis: Redis, stream: str) -> dict[str, Progress]:
    """Group -> how far it is; empty where the stream does not exist. Raises redis.exceptions.RedisError."""
    try:
        rows: Sequence[Mapping[str, Any]] = await redis.xinfo_groups(stream)
    except ResponseError as error:
        if "no such key" not in str(error).lower():
            raise
        return {}
    return {
        row["name"].decode(): Progress(last_delivered=EntryId.of(row["last-delivered-id"]), pending=int(row["pending"])) for row in rows
    }


async def whereabouts(redis: Redis, stream: str, group: str, entry_ids: Sequence[EntryId]) -> dict[EntryId, Whereabouts]:
    """Where each of these entries is, whether or not it still lies on the stream. Raises redis.exceptions.RedisError."""
    progress = (await progress_of(redis, stream)).get(group)
    if progress is None:
        return dict.fromkeys(entry_ids, Whereabouts(Place.NO_GROUP))
    places = {entry_id: Whereabouts(Place.WAITING if entry_id > progress.last_delivered else Place.DONE) for entry_id in entry_ids}
    delivered = [entry_id for entry_id in entry_ids if entry_id <= progress.last_delivered]
    if not delivered or not progress.pending:
        return places
    async with redis.pipeline(transaction=False) as pipeline:
        for entry_id in delivered:
            pipeline.xpending_range(stream, group, min=str(entry_id), max=str(entry_id), count=1)
        for entry_id, rows in zip(delivered, await pipeline.execute(), strict=True):
            if rows:
                places[entry_id] = Whereabouts(
                    Place.PENDING,
                    consumer=rows[0]["consumer"].decode(),
                    idle_ms=rows[0]["time_since_delivered"],
                    deliveries=rows[0]["times_delivered"],
                )
    return places


async def is_idle(redis: Redis, stream: str, group: str) -> bool:
    """Whether nothing on the stream waits for this group or is pending with it. Raises redis.exceptions.RedisError."""
    standing = await standing_of(redis, stream, group, walk_entries=0)
    return not standing.pending and not standing.next_id


async def oldest_needed(redis: Redis, stream: str, group: str) -> EntryId:
    """The first id that the group may still need: its oldest pending one, else the one after the last it was given.

    Raises redis.exceptions.RedisError.
    """
    standing = await standing_of(redis, stream, group, walk_entries=0)
    last = EntryId.of(standing.delivered_id)
    after_last = EntryId(last.milliseconds, last.number + 1)
    return min(after_last, EntryId.of(standing.first_pending_id)) if standing.first_pending_id else after_last


async def entries_from(
    redis: Redis, stream: str, first: EntryId, *, page: int = PAGE
) -> AsyncIterator[list[tuple[EntryId, Mapping[bytes, bytes]]]]:
    """The entries from `first` on, oldest first, in pages, up to what lies there when the last page is read.

    Raises redis.exceptions.RedisError.
    """
    start = str(first)
    while True:
        rows: Any = await redis.xrange(stream, min=start, max="+", count=page)
        if not rows:
            return
        yield [(EntryId.of(entry_id), fields) for entry_id, fields in rows]
        start = f"({rows[-1][0].decode()}"
