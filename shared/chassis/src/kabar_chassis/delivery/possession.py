"""Who owns which pending entries: holding one's own, claiming a dead worker's, releasing what cannot be finished.

Every change of ownership is one Lua call that first looks, so that a worker that was frozen cannot take back what
others have taken over meanwhile. Redis 7.0 commands only.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from redis.asyncio import Redis

from kabar_chassis.delivery.outcome import Delivery

# KEYS stream | ARGV group, consumer, ids… -> number of entries still owned, whose idle time is now 0.
_HOLD: Final = """
local held = 0
for at = 3, #ARGV do
  local row = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[at], ARGV[at], 1, ARGV[2])
  if #row > 0 then
    redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[at], 'JUSTID')
    held = held + 1
  end
end
return held
"""

RELEASED: Final = "(released)"
"""Owner of what a stopping worker could not finish: anybody may take it at once, and no death is counted."""

# KEYS stream | ARGV group, from, to, change of the count, ids… -> entries moved. Only what `from` still owns moves.
_MOVE: Final = """
local moved = {}
for at = 5, #ARGV do
  local row = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[at], ARGV[at], 1, ARGV[2])
  if #row > 0 then
    local count = math.max(row[1][4] + tonumber(ARGV[4]), 0)
    local entry = redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[3], 0, ARGV[at], 'RETRYCOUNT', count)[1]
    if entry then moved[#moved + 1] = {entry[1], entry[2], count} end
  end
end
return moved
"""

# KEYS stream | ARGV group, idle ms, own name -> names of consumers deleted. DELCONSUMER destroys pending entries.
_TIDY: Final = """
local gone = {}
for _, info in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local fact = {}
  for at = 1, #info, 2 do fact[info[at]] = info[at + 1] end
  if fact['pending'] == 0 and fact['idle'] > tonumber(ARGV[2]) and fact['name'] ~= ARGV[3] then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], fact['name'])
    gone[#gone + 1] = fact['name']
  end
end
return gone
"""


@dataclass(frozen=True, slots=True)
class Pending:
    """One row of XPENDING."""

    entry_id: bytes
    owner: bytes
    idle_ms: int
    deliveries: int


@dataclass(frozen=True, slots=True)
class ClaimPlan:
    """Which abandoned entries to take over: those never blamed together, or else one suspect alone."""

    together: tuple[Pending, ...] = ()
    alone: Pending | None = None


def plan_claims(pending: Iterable[Pending], *, in_hand: Collection[bytes], at_most: int) -> ClaimPlan:
    """First-timers together; a suspect, whose last owner died with it, only by itself.

    Counting the deliveries of a claimed batch would blame the neighbours of a deadly article (146 good articles in
    one measured run).
    """
    abandoned = [row for row in pending if row.entry_id not in in_hand]
    first_timers = tuple(row for row in abandoned if row.deliveries <= 1)[:at_most]
    if first_timers:
        return ClaimPlan(together=first_timers)
    return ClaimPlan(alone=abandoned[0] if abandoned else None)


async def pending_entries(redis: Redis, stream: str, group: str, *, idle_ms: int, at_most: int) -> list[Pending]:
    """Entries that nobody has held for `idle_ms`, oldest first. Raises redis.exceptions.RedisError."""
    rows: list[Any] = await redis.xpending_range(stream, group, min="-", max="+", count=at_most, idle=idle_ms)
    return [
        Pending(
            entry_id=row["message_id"],
            owner=row["consumer"],
            idle_ms=row["time_since_delivered"],
            deliveries=row["times_delivered"],
        )
        for row in rows
    ]


async def claim(redis: Redis, stream: str, group: str, consumer: str, rows: Sequence[Pending], *, idle_ms: int) -> list[Delivery]:
    """Take these entries over and count the death of their owner. Another claimer may have been faster: then fewer."""
    entries: list[Any] = await redis.xclaim(stream, group, consumer, min_idle_time=idle_ms, message_ids=[row.entry_id for row in rows])
    deliveries = {row.entry_id: row.deliveries + 1 for row in rows}
    return [Delivery(entry_id=entry_id, fields=fields, attempts=deliveries[entry_id]) for entry_id, fields in entries if fields is not None]


async def hold(redis: Redis, stream: str, group: str, consumer: str, entry_ids: Sequence[bytes]) -> int:
    """Keep these entries from being claimed, as far as they are still ours. Returns how many are."""
    return int(await redis.eval(_HOLD, 1, stream, group, consumer, *entry_ids)) if entry_ids else 0


async def release(redis: Redis, stream: str, group: str, consumer: str, entry_ids: Sequence[bytes]) -> int:
    """Let others take these entries at once, without counting a death. Returns how many were still ours."""
    # One lower, because whoever takes it raises the count by one again.
    moved = await redis.eval(_MOVE, 1, stream, group, consumer, RELEASED, -1, *entry_ids) if entry_ids else []
    return len(moved)


async def take_released(redis: Redis, stream: str, group: str, consumer: str, *, at_most: int) -> list[Delivery]:
    """Take over what stopping workers released. Raises redis.exceptions.RedisError."""
    rows: list[Any] = await redis.xpending_range(stream, group, min="-", max="+", count=at_most, consumername=RELEASED)
    return await _take(redis, stream, group, RELEASED, consumer, 1, [row["message_id"] for row in rows])


async def take_lost(
    redis: Redis, stream: str, group: str, consumer: str, *, seen: Collection[bytes], idle_ms: int, at_most: int
) -> list[Delivery]:
    """Take up what was delivered to this consumer in an answer that never came. No death is counted: its owner lives.

    `seen` did come. `idle_ms` must be longer than an answer can be under way. Raises redis.exceptions.RedisError.
    """
    count = at_most + len(seen)
    rows: list[Any] = await redis.xpending_range(stream, group, min="-", max="+", count=count, consumername=consumer, idle=idle_ms)
    lost = [row["message_id"] for row in rows if row["message_id"] not in seen]
    return await _take(redis, stream, group, consumer, consumer, 0, lost[:at_most])


async def _take(
    redis: Redis, stream: str, group: str, owner: str, consumer: str, change: int, entry_ids: Sequence[bytes]
) -> list[Delivery]:
    if not entry_ids:
        return []
    moved: list[Any] = await redis.eval(_MOVE, 1, stream, group, owner, consumer, change, *entry_ids)
    return [Delivery(entry_id=entry_id, fields=_pairs(flat), attempts=max(count, 1)) for entry_id, flat, count in moved]


def _pairs(flat: Sequence[bytes]) -> dict[bytes, bytes]:
    return dict(zip(flat[::2], flat[1::2], strict=True))


async def remove_idle_consumers(redis: Redis, stream: str, group: str, *, idle_ms: int, keep: str) -> list[str]:
    """Forget consumers of ended processes that have nothing pending. Returns their names."""
    names = await redis.eval(_TIDY, 1, stream, group, idle_ms, keep)
    return [name.decode() for name in names]
