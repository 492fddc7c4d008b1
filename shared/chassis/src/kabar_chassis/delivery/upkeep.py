"""What a worker does beside its batches: it holds what is in hand, and takes over what others left."""

import asyncio
import time
from collections.abc import Sequence
from typing import Final

from redis.exceptions import RedisError

from kabar_chassis.delivery import possession
from kabar_chassis.delivery.outcome import Delivery
from kabar_chassis.delivery.room import Room
from kabar_chassis.redis_client import READ_TIMEOUT_S
from kabar_chassis.telemetry import Event

_LOST_AFTER_MS: Final = int(READ_TIMEOUT_S * 1_000) + 500
"""A read whose answer has not come by then has failed."""
_TIDY_IDLE_MS: Final = 3_600_000


async def hold_forever(room: Room) -> None:
    """Keep what is in hand from being claimed, as long as it is ours, until the worker stops and nothing is left of it."""
    while not room.stopping.is_set() or room.in_hand:
        await asyncio.sleep(0.2 if room.stopping.is_set() else _hold_interval_s(room))
        try:
            await possession.hold(room.redis, room.stream.name, room.group.value, room.consumer, list(room.in_hand))
        except RedisError as error:
            room.tell(Event.HOLD_FAILED, reason=type(error).__name__, error=str(error))


async def reclaim_forever(room: Room) -> None:
    """Take over what dead and stopped workers left, oldest first, until the worker stops."""
    in_touch_since: float | None = None
    # Living owners cannot hold their entries while Redis is away; they get the time to do so once it is back.
    patience_s = _hold_interval_s(room) + 0.5
    while not room.stopping.is_set():
        try:
            claimed = await take_over_released(room) + await take_up_lost(room)
            in_touch_since = time.monotonic() if in_touch_since is None else in_touch_since
            if time.monotonic() - in_touch_since >= patience_s:
                claimed += await reclaim_once(room)
        except RedisError as error:
            room.tell(Event.RECLAIM_FAILED, reason=type(error).__name__, error=str(error))
            in_touch_since, claimed = None, 0
        if not claimed:
            await room.wait(room.reclaim_after_ms / 10_000)


async def take_over_released(room: Room) -> int:
    """Claim and handle one batch of what stopping workers released. Returns how many entries there were."""
    stream, group = room.stream.name, room.group.value
    return await _work_through(room, await possession.take_released(room.redis, stream, group, room.consumer, at_most=room.batch_size))


async def take_up_lost(room: Room) -> int:
    """Handle one batch of what was read for this worker in an answer that was lost. Returns how many entries there were.

    Nobody holds such entries, and they are ours: without this look they would wait as long as those of a dead worker.
    """
    stream, group, seen = room.stream.name, room.group.value, room.in_hand.keys() | room.left
    lost = await possession.take_lost(room.redis, stream, group, room.consumer, seen=seen, idle_ms=_LOST_AFTER_MS, at_most=room.batch_size)
    return await _work_through(room, lost)


async def reclaim_once(room: Room) -> int:
    """Claim and handle one batch of abandoned entries. Returns how many there were."""
    redis, stream, group, idle_ms = room.redis, room.stream.name, room.group.value, room.reclaim_after_ms
    rows = await possession.pending_entries(redis, stream, group, idle_ms=idle_ms, at_most=room.batch_size * 4)
    plan = possession.plan_claims(rows, in_hand=room.in_hand.keys(), at_most=room.batch_size)
    chosen = plan.together or ((plan.alone,) if plan.alone else ())
    if not chosen:
        await possession.remove_idle_consumers(redis, stream, group, idle_ms=_TIDY_IDLE_MS, keep=room.consumer)
        return 0
    return await _work_through(room, await possession.claim(redis, stream, group, room.consumer, chosen, idle_ms=idle_ms))


async def _work_through(room: Room, deliveries: Sequence[Delivery]) -> int:
    if deliveries:
        room.tell(Event.ENTRIES_RECLAIMED, count=len(deliveries))
        await room.work_through(deliveries)
    return len(deliveries)


def _hold_interval_s(room: Room) -> float:
    return room.reclaim_after_ms / 4_000
