"""Stream and group names, written once, with who writes and who reads each.

The braces are a Redis Cluster hash tag: a hand-over is one transaction over two streams, so all of them must live in
one slot.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Lane(StrEnum):
    """How urgent an article is: `live` goes first, `backfill` waits while live lags."""

    LIVE = "live"
    BACKFILL = "backfill"


class Group(StrEnum):
    """The consumer groups. Two groups on one stream each see every entry."""

    ENRICH = "enrich"
    INDEX = "index"
    ARCHIVE = "archive"


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream of the pipeline: its name, what writes to it and which groups read it."""

    name: str
    written_by: str
    groups: tuple[Group, ...]
    message: str
    """Name of the message its entries carry in `data`."""


RAW: Final = Stream("{articles}.raw.v1", "ingest", (Group.ENRICH, Group.ARCHIVE), "RawArticle")
RAW_BACKFILL: Final = Stream("{articles}.raw.v1.backfill", "ingest", (Group.ENRICH, Group.ARCHIVE), "RawArticle")
ENRICHED: Final = Stream("{articles}.enriched.v1", "enrich", (Group.INDEX,), "EnrichedArticle")
ENRICHED_BACKFILL: Final = Stream("{articles}.enriched.v1.backfill", "enrich", (Group.INDEX,), "EnrichedArticle")
RAW_DEAD: Final = Stream("{articles}.raw.v1.dead", "enrich, index", (), "RawArticle")
ENRICHED_DEAD: Final = Stream("{articles}.enriched.v1.dead", "index", (), "EnrichedArticle")

ALL: Final = (RAW, RAW_BACKFILL, ENRICHED, ENRICHED_BACKFILL, RAW_DEAD, ENRICHED_DEAD)


def raw(lane: Lane) -> Stream:
    """The stream that `ingest` writes to in this lane."""
    return RAW if lane is Lane.LIVE else RAW_BACKFILL


def enriched(lane: Lane) -> Stream:
    """The stream that `enrich` writes to in this lane."""
    return ENRICHED if lane is Lane.LIVE else ENRICHED_BACKFILL


def dead_letters(stream: Stream) -> Stream:
    """Where an entry of `stream` goes when it is given up. Both lanes share one dead-letter stream."""
    return RAW_DEAD if stream in (RAW, RAW_BACKFILL) else ENRICHED_DEAD
