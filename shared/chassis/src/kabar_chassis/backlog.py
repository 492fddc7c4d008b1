"""What waits for a group: how many entries it was not given yet, how many it has in hand, and how old the oldest is.

XINFO GROUPS has a `lag`, and it is not always true: it is missing once an entry that the group was not given has been
deleted, and on Redis 7 it stays too large for good after the group passed a gap that XTRIM or XDEL left (Valkey 9
counts right again with the next read). So it is counted here: there is no command for that, but what lies ahead of the
group and what lies behind it are together XLEN, and behind is short while the stream is trimmed, ahead is short while
the group keeps up. Both are walked at once, an entry at a time, until the shorter one ends.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from kabar_contracts.streams import Group, Stream
from prometheus_client import Gauge
from redis.asyncio import Redis
from redis.exceptions import RedisError

from kabar_chassis import metrics as declared
from kabar_chassis.metrics import Metrics
from kabar_chassis.telemetry import Event, Telemetry

WALK_ENTRIES: Final = 256
WALK_BYTES: Final = 1_000_000
"""How far is walked, on both sides together: Lua copies each entry that it passes, and Redis does nothing else meanwhile."""

EXPORT_EVERY_S: Final = 5.0

# KEYS stream | ARGV group, most entries to walk, most bytes to walk -> what `Standing` has, in its order.
# Reads only, and one call: what it says is true of one moment.
_STANDING: Final = """
local stream, group = KEYS[1], ARGV[1]
local function pairs_of(flat)
  local fact = {}
  for at = 1, #flat, 2 do fact[flat[at]] = flat[at + 1] end
  return fact
end
local function entry_after(id)
  return redis.call('XRANGE', stream, id == '-' and id or '(' .. id, '+', 'COUNT', 1)[1]
end
local function before(one, other)
  local one_ms, one_seq = string.match(one, '(%d+)-(%d+)')
  local other_ms, other_seq = string.match(other, '(%d+)-(%d+)')
  if #one_ms ~= #other_ms then return #one_ms < #other_ms end
  if one_ms ~= other_ms then return one_ms < other_ms end
  if #one_seq ~= #other_seq then return #one_seq < #other_seq end
  return one_seq < other_seq
end

if redis.call('EXISTS', stream) == 0 then return {0, '', '0-0', '0-0', 0, -1, 0, '', '', 0, 0, 1} end
local delivered, read = '0-0', -1
local pending, first_pending = 0, ''
for _, flat in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
  local fact = pairs_of(flat)
  if fact['name'] == group then
    delivered, read = fact['last-delivered-id'], fact['entries-read'] or -1
    local summary = redis.call('XPENDING', stream, group)
    pending, first_pending = summary[1], summary[2] or ''
  end
end
local info = pairs_of(redis.call('XINFO', 'STREAM', stream))
local first = info['first-entry'] and info['first-entry'][1] or ''
local next_entry = entry_after(delivered)
local next_id = next_entry and next_entry[1] or ''

local ahead, behind, counted, bytes = 0, 0, 0, 0
local ahead_at, behind_at = delivered, '-'
if next_id == '' or next_id == first then
  counted = 1
  if next_id ~= '' then ahead = info['length'] else behind = info['length'] end
end
while counted == 0 and ahead + behind < tonumber(ARGV[2]) and bytes < tonumber(ARGV[3]) do
  local entry = entry_after(ahead_at)
  if not entry then counted = 1 break end
  ahead, ahead_at = ahead + 1, entry[1]
  for _, part in ipairs(entry[2]) do bytes = bytes + #part end
  entry = entry_after(behind_at)
  if before(delivered, entry[1]) then
    counted, ahead = 1, info['length'] - behind
    break
  end
  behind, behind_at = behind + 1, entry[1]
  for _, part in ipairs(entry[2]) do bytes = bytes + #part end
end
return {info['length'], first, info['last-generated-id'], delivered, info['entries-added'], read,
        pending, first_pending, next_id, ahead, behind, counted}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a group stands in its stream, at one moment."""

    entries: int
    """Entries in the stream."""
    first_id: bytes
    """Of the first entry; empty when there is none."""
    last_generated_id: bytes
    delivered_id: bytes
    """The last entry that the group was given; `0-0` for none, and for a group that does not exist."""
    added: int
    """Entries ever added to the stream."""
    read: int
    """How many entries ever added the group has passed, as the server believes; -1 when it does not know."""
    pending: int
    first_pending_id: bytes
    """Empty when nothing is pending."""
    next_id: bytes
    """The entry that the group is given next; empty when there is none."""
    ahead: int
    """Entries ahead of the group: all of them when `is_counted`, else at least so many."""
    behind: int
    """Entries behind it, at least."""
    is_counted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What a group has not done yet."""

    lag: int
    """Entries that it was not given yet."""
    lag_is_counted: bool
    """Whether the lag was counted. Else it follows from the server's numbers, and is right unless entries were removed
    before the group had them; then it is within what was counted."""
    pending: int
    """Entries that were given to a worker and not acknowledged."""
    oldest_age_s: float
    """Age of the oldest entry that is not acknowledged, whether given to a worker or not; 0 when there is none."""
    entries: int
    """Entries in the stream, those included that nobody needs and that are not trimmed yet."""


async def backlog_of(
    redis: Redis, stream: str, group: str, *, now: datetime, walk_entries: int = WALK_ENTRIES, walk_bytes: int = WALK_BYTES
) -> Backlog:
    """What waits for `group` in `stream`. For a group that does not exist: everything, since it is made at id 0.

    One read-only call; it takes Redis at most about five milliseconds, however long the stream is. Raises
    redis.exceptions.RedisError.
    """
    return backlog_at(await standing_of(redis, stream, group, walk_entries=walk_entries, walk_bytes=walk_bytes), now=now)


async def standing_of(redis: Redis, stream: str, group: str, *, walk_entries: int = WALK_ENTRIES, walk_bytes: int = WALK_BYTES) -> Standing:
    """Where `group` stands in `stream`. Raises redis.exceptions.RedisError."""
    answer: Any = await redis.eval_ro(_STANDING, 1, stream, group, str(walk_entries), str(walk_bytes))
    entries, first, last, delivered, added, read, pending, first_pending, following, ahead, behind, counted = answer
    return Standing(
        entries=entries,
        first_id=first,
        last_generated_id=last,
        delivered_id=delivered,
        added=added,
        read=read,
        pending=pending,
        first_pending_id=first_pending,
        next_id=following,
        ahead=ahead,
        behind=behind,
        is_counted=counted == 1,
    )


def backlog_at(standing: Standing, *, now: datetime) -> Backlog:
    """The backlog of a group that stands there. Pure."""
    waiting = [_time_ms(entry_id) for entry_id in (standing.first_pending_id, standing.next_id) if entry_id]
    age_s = max(0.0, now.timestamp() - min(waiting) / 1000) if waiting else 0.0
    return Backlog(
        lag=_lag(standing), lag_is_counted=standing.is_counted, pending=standing.pending, oldest_age_s=age_s, entries=standing.entries
    )


def _lag(standing: Standing) -> int:
    """Counted, or what the server's own numbers say, as far as it agrees with what was counted."""
    if standing.is_counted:
        return standing.ahead
    return min(max(_reckoned_lag(standing), standing.ahead), standing.entries - standing.behind)


def _reckoned_lag(standing: Standing) -> int:
    if standing.read >= 0:
        return standing.added - standing.read
    # An id is a time: the share of the time that is left is about the share of the entries.
    first, last = _time_ms(standing.first_id), _time_ms(standing.last_generated_id)
    return round(standing.entries * (last - _time_ms(standing.delivered_id)) / max(last - first, 1))


def _time_ms(entry_id: bytes) -> int:
    return int(entry_id.partition(b"-")[0])


@dataclass(frozen=True, slots=True)
class _Gauges:
    """The gauges of one group."""

    lag: Gauge
    pending: Gauge
    oldest_age: Gauge
    entries: Gauge

    def show(self, backlog: Backlog) -> None:
        self.lag.set(backlog.lag)
        self.pending.set(backlog.pending)
        self.oldest_age.set(backlog.oldest_age_s)
        self.entries.set(backlog.entries)

    def show_unknown(self) -> None:
        """A number from before would be a lie, and 0 a worse one."""
        for gauge in (self.lag, self.pending, self.oldest_age, self.entries):
            gauge.set(float("nan"))


async def export_backlog(
    redis: Redis,
    groups: Sequence[tuple[Stream, Group]],
    *,
    telemetry: Telemetry,
    now: Callable[[], datetime],
    stopping: asyncio.Event,
    every_s: float = EXPORT_EVERY_S,
) -> None:
    """Show the backlog of these groups in the gauges, again and again until `stopping`. Raises nothing for an absent Redis."""
    gauges = [(stream, group, _gauges_of(telemetry.metrics, stream, group)) for stream, group in groups]
    while not stopping.is_set():
        for stream, group, shown in gauges:
            if stopping.is_set():
                return  # each call to a Redis that hangs takes its time
            try:
                shown.show(await backlog_of(redis, stream.name, group.value, now=now()))
            except (RedisError, OSError, TimeoutError) as error:
                shown.show_unknown()
                telemetry.tell(Event.BACKLOG_UNKNOWN, stream=stream.name, group=group.value, error=str(error))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), timeout=every_s)


def _gauges_of(metrics: Metrics, stream: Stream, group: Group) -> _Gauges:
    labels = {"stream": stream.name, "group": group.value}
    return _Gauges(
        lag=metrics.gauge(declared.LAG_ENTRIES, **labels),
        pending=metrics.gauge(declared.PENDING_ENTRIES, **labels),
        oldest_age=metrics.gauge(declared.OLDEST_ENTRY_AGE, **labels),
        entries=metrics.gauge(declared.STREAM_ENTRIES, stream=stream.name),
    )
