"""What a worker does beside its batches: it holds what is in hand, and takes over what others left."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
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
_MOST_BATCHES: Final = 8
"""So many batches in hand are enough: what others released is left to others, or waits."""
_TO_HOLD_S: Final = 0.5


async def hold_forever(room: Room) -> None:
    """Keep what is in hand from being claimed, as long as it is ours, until the worker stops and nothing is left of it."""
    while not room.stopping.is_set() or room.in_hand:
        await asyncio.sleep(0.2 if room.stopping.is_set() else _hold_interval_s(room))
        try:
            await possession.hold(room.redis, room.stream.name, room.group.value, room.consumer, list(room.in_hand))
        except RedisError as error:
            room.tell(Event.HOLD_FAILED, reason=type(error).__name__, error=str(error))


async def reclaim_forever(room: Room) -> None:
    """Take over what dead and stopped workers left, oldest first, until the worker stops.

    Each kind in a loop of its own: what was taken over may have to wait for OpenSearch, and the others must not wait with it.
    """
    async with asyncio.TaskGroup() as loops:
        loops.create_task(_repeat(room, lambda: take_over_released(room, loops)))
        loops.create_task(_repeat(room, lambda: take_up_lost(room)))
        loops.create_task(_repeat(room, _Abandoned(room).reclaim))


async def _repeat(room: Room, take: Callable[[], Awaitable[int]]) -> None:
    """Take again at once after something was there, else after a while."""
    while not room.stopping.is_set():
        try:
            taken = await take()
        except RedisError as error:
            room.tell(Event.RECLAIM_FAILED, reason=type(error).__name__, error=str(error))
            taken = 0
        if not taken:
            await room.wait(room.reclaim_after_ms / 10_000)


async def take_over_released(room: Room, at_work: asyncio.TaskGroup) -> int:
    """Claim one batch of what stopping workers released, and begin to handle it. Returns how many entries there were.

    Each of their batches is released by itself, so a second one may come while the first has to wait.
    """
    if len(room.in_hand) >= _MOST_BATCHES * room.batch_size:
        return 0
    stream, group = room.stream.name, room.group.value
    released = await possession.take_released(room.redis, stream, group, room.consumer, at_most=room.batch_size)
    if released:
        at_work.create_task(_work_through(room, released))
    return len(released)


async def take_up_lost(room: Room) -> int:
    """Handle one batch of what was read for this worker in an answer that was lost. Returns how many entries there were.

    Nobody holds such entries, and they are ours: without this look they would wait as long as those of a dead worker.
    """
    stream, group, seen = room.stream.name, room.group.value, room.in_hand.keys() | room.left
    lost = await possession.take_lost(room.redis, stream, group, room.consumer, seen=seen, idle_ms=_LOST_AFTER_MS, at_most=room.batch_size)
    return await _work_through(room, lost)


class _Abandoned:
    """What dead workers left; claimed only after their owners, if they live, had the time to hold it."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._in_touch_since: float | None = None

    async def reclaim(self) -> int:
        """Claim and handle one batch of it. Returns how many entries there were.

        Living owners cannot hold their entries while Redis is away; they get the time to do so once it is back.
        """
        room = self._room
        try:
            if self._in_touch_since is None:
                await possession.pending_entries(room.redis, room.stream.name, room.group.value, idle_ms=room.reclaim_after_ms, at_most=1)
                self._in_touch_since = time.monotonic()
            if time.monotonic() - self._in_touch_since < _hold_interval_s(room) + _TO_HOLD_S:
                return 0
            return await reclaim_once(room)
        except RedisError:
            self._in_touch_since = None
            raise


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
