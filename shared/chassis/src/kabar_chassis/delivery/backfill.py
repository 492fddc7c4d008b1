"""Backfill gives way: it reads only while the live lane keeps up."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from kabar_contracts import streams
from kabar_contracts.streams import Stream
from redis.asyncio import Redis

from kabar_chassis.backlog import Backlog, backlog_of
from kabar_chassis.delivery.room import Room

LIVE_AGE_S: Final = 5.0
"""The oldest live entry may wait so long before backfill pauses."""
LIVE_ENTRIES: Final = 1_000
"""So many live entries may wait, undelivered or in hand."""


def pause_for_live(redis: Redis, room: Room, *, now: Callable[[], datetime]) -> Callable[[], Awaitable[str | None]] | None:
    """What an intake of the lane backfill asks before each read; None in the lane live, which waits for nobody."""
    live = _live_twin(room.stream)
    if live is None:
        return None

    async def why_not() -> str | None:
        return reason_to_pause(await backlog_of(redis, live.name, room.group.value, now=now()))

    return why_not


def reason_to_pause(live: Backlog) -> str | None:
    """Why backfill must wait while the live lane stands like this; None when it may read."""
    waiting = live.lag + live.pending
    if waiting > LIVE_ENTRIES:
        return f"the live lane has {waiting} entries waiting"
    if live.oldest_age_s > LIVE_AGE_S:
        return f"the live lane has an entry that waits for {live.oldest_age_s:.0f} s"
    return None


def _live_twin(stream: Stream) -> Stream | None:
    return {streams.RAW_BACKFILL: streams.RAW, streams.ENRICHED_BACKFILL: streams.ENRICHED}.get(stream)
