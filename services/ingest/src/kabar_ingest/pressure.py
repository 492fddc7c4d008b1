"""Pressure: articles are refused long before Redis is full, so that the workers can finish what they have.

Two limits a lane: how many entries wait for the slowest of its groups, and how much memory Redis uses. They are looked
at every second. Those of the backfill lane are a share of the live lane's: a backfill is refused while live still has room.
Takedowns pass. They are small and few, and must not wait behind what fills the queue; Redis itself is their limit.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog
from kabar_chassis.backlog import backlog_of
from kabar_chassis.telemetry import Event, Telemetry
from kabar_contracts.fields import ArticleStatus
from kabar_contracts.raw import RawArticle
from kabar_contracts.streams import Group, Lane, Stream, enriched, raw
from redis.asyncio import Redis
from redis.exceptions import RedisError

from kabar_ingest.problems import Fault
from kabar_ingest.publishing import Refused
from kabar_ingest.settings import variable

log: Final = structlog.get_logger(__name__)

CHECK_EVERY_S: Final = 1.0
OPENS_AGAIN_AT: Final = 0.9
"""Share of a limit: what was refused at 100 is taken again below 90, so that it does not change every second."""
WALK_ENTRIES: Final = 16
"""How far Redis may count by itself; beyond, its own numbers will do for limits that are large."""
MIB: Final = 1024 * 1024

BACKLOG: Final = "backlog_full"
MEMORY: Final = "memory_full"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much is taken."""

    backlog_entries: int
    memory_share: float
    """Of Redis's `maxmemory`."""
    memory_bytes: int | None
    """Besides, or where Redis has no `maxmemory`."""
    backfill_share: float
    """Which share of all that the backfill lane may use."""

    def share_of(self, lane: Lane) -> float:
        """What this lane may use of each limit."""
        return self.backfill_share if lane is Lane.BACKFILL else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What is measured against one limit."""

    used: float
    limit: float
    fault: Fault
    """What a producer is told when the limit is reached."""


class Pressure:
    """Knows which lanes are closed, as of a second ago; open as long as nothing is known."""

    def __init__(self, redis: Redis, *, limits: Limits, telemetry: Telemetry, now: Callable[[], datetime]) -> None:
        self._redis = redis
        self._limits = limits
        self._telemetry = telemetry
        self._now = now
        self._reached: dict[tuple[Lane, str], Load] = {}
        self._closed: dict[Lane, Load] = {}
        self._unknown: str | None = None

    def refusal(self, lane: Lane, article: RawArticle) -> Refused | None:
        """Why this article is not taken now; None when it is."""
        if article.status is ArticleStatus.CANCELED or (load := self._closed.get(lane)) is None:
            return None
        return Refused(load.fault.message, is_full=True, fault=load.fault)

    async def watch(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(CHECK_EVERY_S)

    async def look(self) -> None:
        """Measure once. What cannot be measured stays as it was: writing will find out, and say it to whom it concerns."""
        unknown = None
        for measure in (self._memory, self._backlog):
            try:
                loads = await measure()
            except (RedisError, OSError, TimeoutError) as error:
                unknown = str(error) or type(error).__name__
            else:
                for lane, load in loads:
                    self._note(lane, load)
        if unknown is not None and self._unknown is None:
            log.warning("pressure_unknown", why=unknown, hint="lanes stay open or closed as they were")
        self._unknown = unknown
        for lane in Lane:
            self._tell(lane)

    async def _memory(self) -> list[tuple[Lane, Load]]:
        info: Mapping[str, Any] = await self._redis.info("memory")
        limit = memory_limit(info, limits=self._limits)
        if limit is None:
            return []
        return [(lane, memory_load(info["used_memory"], limit * self._limits.share_of(lane), lane=lane)) for lane in Lane]

    async def _backlog(self) -> list[tuple[Lane, Load]]:
        loads = []
        for lane in Lane:
            waiting = [
                (await self._waiting(stream, group), stream, group) for stream in (raw(lane), enriched(lane)) for group in stream.groups
            ]
            most, stream, group = max(waiting, key=lambda row: row[0])
            limit = self._limits.backlog_entries * self._limits.share_of(lane)
            loads.append((lane, backlog_load(most, limit, lane=lane, stream=stream, group=group)))
        return loads

    async def _waiting(self, stream: Stream, group: Group) -> int:
        backlog = await backlog_of(self._redis, stream.name, group.value, now=self._now(), walk_entries=WALK_ENTRIES)
        return min(backlog.lag + backlog.pending, backlog.entries)

    def _note(self, lane: Lane, load: Load) -> None:
        key = (lane, load.fault.code)
        if is_reached(load.used, load.limit, was_reached=key in self._reached):
            self._reached[key] = load
        else:
            self._reached.pop(key, None)

    def _tell(self, lane: Lane) -> None:
        """Say once that a lane is closed, and by what, and once that it is open again."""
        before = self._closed.pop(lane, None)
        load = self._reached.get((lane, MEMORY)) or self._reached.get((lane, BACKLOG))
        if load is not None:
            self._closed[lane] = load
            if before is None or before.fault.code != load.fault.code:
                self._telemetry.tell(
                    Event.LANE_CLOSED, lane=lane.value, reason=load.fault.code, used=load.used, limit=load.limit, hint=load.fault.hint
                )
        elif before is not None:
            self._telemetry.tell(Event.LANE_OPENED, lane=lane.value)


def is_reached(used: float, limit: float, *, was_reached: bool) -> bool:
    """Whether to refuse: beyond the limit, and then until there is a tenth of room again."""
    return used > (limit * OPENS_AGAIN_AT if was_reached else limit)


def memory_limit(info: Mapping[str, Any], *, limits: Limits) -> float | None:
    """Bytes that Redis may use, by what `INFO memory` says and by the settings: the smaller. None when neither sets one."""
    maxmemory = info.get("maxmemory", 0)
    return min(
        (limit for limit in (maxmemory * limits.memory_share if maxmemory else None, limits.memory_bytes) if limit is not None),
        default=None,
    )


def memory_load(used_bytes: int, limit_bytes: float, *, lane: Lane) -> Load:
    """Redis's memory against what this lane may use of it."""
    fault = Fault(
        code=MEMORY,
        message=(
            f"The queue uses {used_bytes / MIB:,.0f} MiB of memory; {lane.value} articles are taken up to {limit_bytes / MIB:,.0f} MiB. "
            "The article was not accepted."
        ),
        hint=(
            "Repeat it later. Operators: the workers are behind, or Redis has too little memory; the limit is set by "
            f"{variable('redis_memory_share')} of its maxmemory and by {_settings(lane, 'redis_memory_mb')}."
        ),
    )
    return Load(used=used_bytes, limit=limit_bytes, fault=fault)


def backlog_load(waiting: int, limit: float, *, lane: Lane, stream: Stream, group: Group) -> Load:
    """What waits for the slowest group of a lane against what may."""
    fault = Fault(
        code=BACKLOG,
        message=(
            f"{waiting:,} {lane.value} articles wait for the group {group.value} on {stream.name}; up to {limit:,.0f} may. "
            "The article was not accepted."
        ),
        hint=(
            f"Repeat it later. Operators: look why the workers of {group.value} are behind, or run more of them; the limit is set by "
            f"{_settings(lane, 'backlog_entries')}."
        ),
    )
    return Load(used=waiting, limit=limit, fault=fault)


def _settings(lane: Lane, field: str) -> str:
    return f"{variable(field)} and {variable('backfill_share')}" if lane is Lane.BACKFILL else variable(field)
