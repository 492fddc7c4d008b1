"""Whether what was accepted is still there after a cut. Reads with plain redis-py, and with no code of the services."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from cut_load import Accepted
from redis import Redis

RAW: Final = "{articles}.raw.v1"
ENRICHED: Final = "{articles}.enriched.v1"
DEAD: Final = "{articles}.raw.v1.dead"
BACKFILL: Final = "{articles}.raw.v1.backfill"
GROUPS: Final = ((RAW, "enrich"), (RAW, "archive"), (BACKFILL, "enrich"), (BACKFILL, "archive"), (ENRICHED, "index"))
HAND_OVER: Final = "enrich"
MOST_PENDING: Final = 1_000_000

Revision = tuple[str, int]
"""An article's id and revision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Streams:
    """What is on the streams at one moment."""

    raw: dict[str, Revision]
    """By the id of the entry."""
    on_raw: frozenset[Accepted]
    handed_over: frozenset[Revision]
    """On the enriched stream, or given up with its reason."""
    open_entries: frozenset[str]
    """Entries of the raw stream that the group `enrich` has not acknowledged: pending, or not delivered yet."""


def make_groups(redis: Redis) -> None:
    """The groups that read the streams, at their beginning, as the set-up makes them."""
    for stream, group in GROUPS:
        redis.xgroup_create(stream, group, id="0", mkstream=True)


def read_streams(redis: Redis) -> Streams:
    """The streams as they are at one moment, although workers go on: all is read in one transaction."""
    with redis.pipeline(transaction=True) as pipeline:
        pipeline.xrange(RAW)
        pipeline.xrange(ENRICHED)
        pipeline.xrange(DEAD)
        pipeline.xinfo_groups(RAW)
        pipeline.xpending_range(RAW, HAND_OVER, "-", "+", MOST_PENDING)
        # Without the stream there is no group to ask about; that is for the check to say, not for an error.
        raw, enriched, dead, groups, pending = pipeline.execute(raise_on_error=False)
    raw_ids = [entry_id.decode() for entry_id, _ in raw]
    return Streams(
        raw={entry_id.decode(): _revision(fields) for entry_id, fields in raw},
        on_raw=frozenset(_as_accepted(fields) for _, fields in raw),
        handed_over=frozenset(_revision(fields) for _, fields in [*enriched, *dead]),
        open_entries=_undelivered(raw_ids, groups) | _pending(pending),
    )


def lost(accepted: Iterable[Accepted], streams: Streams) -> list[Accepted]:
    """What was accepted and is not on the raw stream with this revision and this content."""
    return sorted(set(accepted) - streams.on_raw)


def astray(streams: Streams) -> list[Revision]:
    """What `enrich` acknowledged and is nowhere behind it."""
    acknowledged = streams.raw.keys() - streams.open_entries
    return sorted({streams.raw[entry_id] for entry_id in acknowledged} - streams.handed_over)


def order(entry_id: str) -> tuple[int, int]:
    """Entry ids sort by this."""
    milliseconds, sequence = entry_id.split("-")
    return int(milliseconds), int(sequence)


def _undelivered(entry_ids: list[str], groups: Any) -> frozenset[str]:
    if isinstance(groups, Exception):
        return frozenset(entry_ids)
    last = [group["last-delivered-id"].decode() for group in groups if group["name"] == HAND_OVER.encode()]
    return frozenset(entry_id for entry_id in entry_ids if not last or order(entry_id) > order(last[0]))


def _pending(pending: Any) -> frozenset[str]:
    return frozenset() if isinstance(pending, Exception) else frozenset(entry["message_id"].decode() for entry in pending)


def _revision(fields: dict[bytes, bytes]) -> Revision:
    return fields[b"article_id"].decode(), int(fields[b"revision"])


def _as_accepted(fields: dict[bytes, bytes]) -> Accepted:
    article = json.loads(fields[b"data"])
    article_id, revision = _revision(fields)
    return Accepted(article["native_id"], revision, article["content_sha256"], article_id)
