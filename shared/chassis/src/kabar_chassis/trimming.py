"""Trimming: a stream keeps every entry that any of its groups still needs, and little else.

What a group needs begins at its first pending entry, or behind the last one it was delivered. The smallest of these
ids, over all groups, is the floor; what lies below it may go. Floor and XTRIM are one Lua call, so that no group can be
made, read or deleted between them, and several workers may trim the same stream at the same time. Redis 7.0 commands only.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import structlog
from kabar_contracts.streams import Stream
from redis.asyncio import Redis
from redis.exceptions import RedisError

from kabar_chassis.telemetry import Event, Telemetry

log: structlog.stdlib.BoundLogger = structlog.get_logger()

KEEP_MS: Final = 60_000
"""A minute for those who look at the stream itself: receipts and traces find an entry with its times after the work is done.

Not longer, because the text of an article that was taken down must not stay here.
"""
KEEP_ENTRIES: Final = 10_000
"""Of that minute no more than so many entries (some 50 MB): at full speed it would take gigabytes."""
AT_MOST: Final = 2_000
"""Entries a call: 1 to 3 ms at 4 KB an entry, in which Redis serves nobody else."""
INTERVAL_S: Final = 1.0
PAUSE_S: Final = 0.1
"""Before the next call when there is more to trim. One worker gets rid of 20,000 entries a second, and ten leave Redis time to work."""

# KEYS stream | ARGV keep ms (0: nothing is kept), keep entries, most entries to remove, groups that must exist…
# -> removed, 1 when there is more to remove, floor, the group that needs it, why nothing was trimmed (else empty).
# Ids are compared as text: Lua's numbers are exact up to 2^53, ids go further.
_TRIM: Final = """
local function parts(id) return string.match(id, '^(%d+)-(%d+)$') end
local function smaller(a, b)
  if #a ~= #b then return #a < #b end
  return a < b
end
local function before(a, b)
  local a_ms, a_seq = parts(a)
  local b_ms, b_seq = parts(b)
  if a_ms ~= b_ms then return smaller(a_ms, b_ms) end
  return smaller(a_seq, b_seq)
end
-- The id after this one. An absurdly large one stands for itself: then one entry more is kept.
local function after(id)
  local ms, seq = parts(id)
  if #seq > 15 then return id end
  return ms .. '-' .. string.format('%.0f', seq + 1)
end

if redis.call('EXISTS', KEYS[1]) == 0 then return {0, 0, '', '', 'there is no such stream'} end

local groups, known = {}, {}
for _, info in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local fact = {}
  for at = 1, #info, 2 do fact[info[at]] = info[at + 1] end
  groups[#groups + 1] = fact
  known[fact['name']] = true
end
local missing = {}
for at = 4, #ARGV do
  if not known[ARGV[at]] then missing[#missing + 1] = ARGV[at] end
end
if #missing > 0 then return {0, 0, '', '', 'missing groups: ' .. table.concat(missing, ', ')} end

local floor, holder
for _, group in ipairs(groups) do
  local needed = after(group['last-delivered-id'])
  local pending = redis.call('XPENDING', KEYS[1], group['name'], '-', '+', 1)
  if #pending > 0 and before(pending[1][1], needed) then needed = pending[1][1] end
  if not floor or before(needed, floor) then floor, holder = needed, group['name'] end
end

local keep_ms, keep_entries, at_most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local old = floor
if keep_ms > 0 then
  local now = redis.call('TIME')
  local oldest_kept = string.format('%.0f-0', math.max(now[1] * 1000 + math.floor(now[2] / 1000) - keep_ms, 0))
  if before(oldest_kept, floor) then old = oldest_kept end
end

-- `~` takes whole nodes of the stream and knows a LIMIT. Where that did not stop it, only a part of one node is left.
local removed = redis.call('XTRIM', KEYS[1], 'MINID', '~', old, 'LIMIT', at_most)
local more = removed > at_most / 2
if not more then removed = removed + redis.call('XTRIM', KEYS[1], 'MINID', old) end
if old ~= floor and not more then
  local beyond = math.min(redis.call('XLEN', KEYS[1]) - keep_entries, at_most)
  if beyond > 0 then
    local also = redis.call('XTRIM', KEYS[1], 'MINID', '~', floor, 'LIMIT', beyond)
    removed = removed + also
    more = also > at_most / 2
  end
end
return {removed, more and 1 or 0, floor, holder, ''}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trimmed:
    """What one call did."""

    removed: int
    """Entries that are gone."""
    has_more: bool = False
    """Whether it stopped because it had removed enough for one call."""
    floor: str | None = None
    """The oldest id that may still be needed; everything below it is done with. None when that cannot be known."""
    held_by: str | None = None
    """The group that needs the floor: the slowest."""
    why_not: str | None = None
    """Why this stream is not trimmed at all; None when it is."""


async def trim(
    redis: Redis, stream: Stream, *, keep_ms: int = KEEP_MS, keep_entries: int = KEEP_ENTRIES, at_most: int = AT_MOST
) -> Trimmed:
    """Remove entries that every group is done with, oldest first, about `at_most` of them. Safe to run twice, and at the same time.

    Groups that the contract does not name count too. Nothing is removed while one that it does name is missing: made
    again at 0, it will need what it had not done. A dead-letter stream is never trimmed.
    `keep_ms` and `keep_entries` keep the newest of what could go: so long by Redis's own clock, which gives the ids,
    and so many at most. `keep_ms=0` keeps nothing. Raises redis.exceptions.RedisError.
    """
    if not stream.groups:
        return Trimmed(removed=0, why_not="no group reads it; dead letters stay until somebody replays or purges them")
    removed, more, floor, holder, why_not = await redis.eval(
        _TRIM, 1, stream.name, keep_ms, keep_entries, at_most, *[group.value for group in stream.groups]
    )
    if why_not:
        return Trimmed(removed=0, why_not=why_not.decode())
    return Trimmed(removed=removed, has_more=bool(more), floor=floor.decode(), held_by=holder.decode())


async def trim_forever(
    redis: Redis,
    streams: Sequence[Stream],
    *,
    telemetry: Telemetry,
    stopping: asyncio.Event,
    interval_s: float = INTERVAL_S,
    keep_ms: int = KEEP_MS,
    keep_entries: int = KEEP_ENTRIES,
    at_most: int = AT_MOST,
) -> None:
    """Trim these streams again and again until the worker stops. Says once why one cannot be trimmed, and that it can again."""
    said: dict[str, str] = {}
    while not stopping.is_set():
        has_more = False
        for stream in streams:
            try:
                trimmed = await trim(redis, stream, keep_ms=keep_ms, keep_entries=keep_entries, at_most=at_most)
            except RedisError as error:
                trimmed = Trimmed(removed=0, why_not=str(error) or type(error).__name__)
            if trimmed.removed:
                telemetry.tell(
                    Event.STREAMS_TRIMMED, stream=stream.name, count=trimmed.removed, floor=trimmed.floor, held_by=trimmed.held_by
                )
            _note(stream, trimmed.why_not, said)
            has_more = has_more or trimmed.has_more
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), timeout=min(PAUSE_S, interval_s) if has_more else interval_s)


def _note(stream: Stream, why_not: str | None, said: dict[str, str]) -> None:
    if why_not is None:
        if said.pop(stream.name, None) is not None:
            log.info("trimming_resumed", stream=stream.name)
        return
    if said.get(stream.name) != why_not:
        log.warning("trimming_waits", stream=stream.name, why=why_not, hint="nothing is lost; the stream grows meanwhile")
        said[stream.name] = why_not
