"""What an audit reads from the streams: which revisions lie there, and how far the groups are with them."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

from kabar_chassis.letters.letter import Letter
from kabar_chassis.letters.letter_streams import letters_of
from kabar_chassis.whereabouts import EntryId, Place, entries_from, oldest_needed, whereabouts
from kabar_contracts.entry import ARTICLE_ID, REVISION
from kabar_contracts.streams import ENRICHED, ENRICHED_BACKFILL, RAW, RAW_BACKFILL, Group
from redis.asyncio import Redis

RAW_STREAMS: Final = (RAW.name, RAW_BACKFILL.name)
ENRICHED_STREAMS: Final = (ENRICHED.name, ENRICHED_BACKFILL.name)
_NUMBER_BITS: Final = 64
_ID: Final = re.compile(r"[0-9a-f]{32}")
_REVISION: Final = re.compile(rb"[0-9]{1,16}")


@dataclass(frozen=True, slots=True)
class StreamEntry:
    """One entry, without its article."""

    stream: str
    entry_id: EntryId
    article_id: str
    revision: int | None
    """None where the entry does not say which article it is."""


@dataclass(slots=True)
class Backlog:
    """The newest entry of each revision on these streams, from the first that is read on. About 150 bytes an entry."""

    streams: Sequence[str]
    next_ids: dict[str, EntryId]
    places: dict[int, int] = field(default_factory=dict)

    async def entries(self, redis: Redis) -> AsyncIterator[list[StreamEntry]]:
        """What came since the last time, in pages. Raises redis.exceptions.RedisError."""
        for at, stream in enumerate(self.streams):
            async for page in entries_from(redis, stream, self.next_ids[stream]):
                entries = [stream_entry(stream, entry_id, fields) for entry_id, fields in page]
                for entry in entries:
                    if entry.revision is not None:
                        packed = (entry.entry_id.milliseconds << _NUMBER_BITS | entry.entry_id.number) * len(self.streams) + at
                        self.places[_key(entry.article_id, entry.revision)] = packed
                last = page[-1][0]
                self.next_ids[stream] = EntryId(last.milliseconds, last.number + 1)
                yield entries

    async def read_on(self, redis: Redis) -> None:
        """Take in what came since the last time. Raises redis.exceptions.RedisError."""
        async for _ in self.entries(redis):
            pass

    def find(self, article_id: str, revision: int) -> tuple[str, EntryId] | None:
        """The newest entry of this revision that was seen: its stream and id."""
        packed = self.places.get(_key(article_id, revision))
        if packed is None:
            return None
        entry_id, at = divmod(packed, len(self.streams))
        return self.streams[at], EntryId(entry_id >> _NUMBER_BITS, entry_id & ((1 << _NUMBER_BITS) - 1))


def raw_backlog() -> Backlog:
    """All that lies on the raw streams."""
    return Backlog(RAW_STREAMS, dict.fromkeys(RAW_STREAMS, EntryId(0, 1)))


async def enriched_backlog(redis: Redis) -> Backlog:
    """What lies on the enriched streams from the first entry on that the index may need. Raises redis.exceptions.RedisError."""
    return Backlog(ENRICHED_STREAMS, {name: await oldest_needed(redis, name, Group.INDEX.value) for name in ENRICHED_STREAMS})


def stream_entry(stream: str, entry_id: EntryId, fields: Mapping[bytes, bytes]) -> StreamEntry:
    """The entry with its ids, as far as they can be read."""
    article_id, revision = fields.get(ARTICLE_ID, b"").decode("utf-8", "replace"), fields.get(REVISION, b"")
    is_readable = _ID.fullmatch(article_id) is not None and _REVISION.fullmatch(revision) is not None
    return StreamEntry(
        stream=stream,
        entry_id=entry_id,
        article_id=article_id,
        revision=int(revision) if is_readable else None,
    )


async def places_in(redis: Redis, group: Group, entries: Sequence[tuple[str, EntryId]]) -> list[Place]:
    """How far the group is with each of these entries, given as stream and id. Raises redis.exceptions.RedisError."""
    found: dict[tuple[str, EntryId], Place] = {}
    for stream in {stream for stream, _ in entries}:
        ids = [entry_id for name, entry_id in entries if name == stream]
        where = await whereabouts(redis, stream, group.value, ids)
        found |= {(stream, entry_id): told.place for entry_id, told in where.items()}
    return [found[entry] for entry in entries]


async def live_letters(redis: Redis, article_id: str, revision: int) -> list[Letter]:
    """Dead letters that end the way of this revision to the index, the newest first. Raises redis.exceptions.RedisError."""
    return [
        letter for letter in await letters_of(redis, article_id) if letter.revision == str(revision) and letter.stage != Group.ARCHIVE.value
    ]


def _key(article_id: str, revision: int) -> int:
    return int.from_bytes(blake2b(f"{article_id}.{revision}".encode(), digest_size=8).digest(), "big")
