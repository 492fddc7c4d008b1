"""What a room takes in: each read that FastStream makes goes through here.

By itself FastStream would ask a read-only server 700 times a second, stop for good when a group is gone, and drop a
batch that arrives while it is being stopped.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from redis.exceptions import RedisError

from kabar_chassis.delivery.backoff import delay_s
from kabar_chassis.delivery.outcome import Delivery
from kabar_chassis.delivery.room import Room
from kabar_chassis.telemetry import Event
from kabar_chassis.topology import create_group

log: structlog.stdlib.BoundLogger = structlog.get_logger()

SILENT_S: Final = 10.0
"""An intake that has read nothing, tried nothing and has nothing in hand for so long has died."""
LONGEST_WAIT_S: Final = 3.0
IDLE_S: Final = 0.1
"""Between two looks while nothing may be read."""


@dataclass(slots=True, kw_only=True)
class Intake:
    """Decides about each read of one room, and knows whether it still reads."""

    room: Room
    pause: Callable[[], Awaitable[str | None]] | None = None
    """Asked before each read; says why nothing may be read now."""
    gather_s: float = 0.0
    """After a read that brought less than a batch, how long the next one waits so that more come together: many small
    batches cost several times what few large ones do. The first entry after a silence never waits."""
    paused: str | None = None
    _reads: int = 0
    _arriving: int = 0
    """Batches that were read and not yet taken up."""
    _failures: int = 0
    _stirred_at: float = field(default_factory=time.monotonic)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _next_read_at: float = 0.0

    async def read(self, fetch: Callable[[], Awaitable[Any]]) -> Any:
        """What `fetch` reads, or nothing: while stopping, pausing, and when Redis fails. Never raises for Redis's sake."""
        self._stirred_at = time.monotonic()
        if self.room.stopping.is_set() or await self._is_paused():
            await asyncio.sleep(IDLE_S)
            return ()
        self._reads += 1
        try:
            batch = await (self._gathered(fetch) if self.gather_s else fetch())
        except RedisError as error:
            await self._note_failure(error)
            return ()
        finally:
            self._reads -= 1
        if self._failures:
            self._failures = 0
            self.room.tell(Event.READING_RESUMED)
        if batch:
            self._arriving += 1
        return batch

    async def take_up(self, deliveries: Sequence[Delivery]) -> None:
        """Bring a batch that `read` brought into the room."""
        try:
            self.room.tell(Event.ENTRIES_RECEIVED, count=len(deliveries))
            await self.room.work_through(deliveries)
        finally:
            self._arriving -= 1

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is being read and nothing is in hand."""
        return not (self._reads or self._arriving or self.room.in_hand)

    def silence(self) -> str | None:
        """Why this intake is taken for dead; None while it reads, tries to, or the room works."""
        silent_s = time.monotonic() - max(self._stirred_at, self.room.stirred_at)
        return f"nothing read or handled for {silent_s:.0f} s" if self.is_quiet and silent_s > SILENT_S else None

    async def _gathered(self, fetch: Callable[[], Awaitable[Any]]) -> Any:
        """What `fetch` reads, one reader after the other, each after its wait."""
        async with self._turn:
            if (early_s := self._next_read_at - time.monotonic()) > 0:
                await self.room.wait(early_s)
            if self.room.stopping.is_set():
                return ()
            batch = await fetch()
            is_small = 0 < sum(len(entries) for _, entries in batch) < self.room.batch_size
            self._next_read_at = time.monotonic() + self.gather_s if is_small else 0.0
            return batch

    async def _is_paused(self) -> bool:
        if self.pause is None:
            return False
        try:
            why = await self.pause()
        except RedisError as error:
            why = f"it is not known whether it may read: {error}"
        if (why is None) != (self.paused is None):
            log.info("reading_paused" if why else "reading_goes_on", why=why, **self.room.labels)
        self.paused = why
        return why is not None

    async def _note_failure(self, error: RedisError) -> None:
        self._failures += 1
        self.room.tell(Event.READING_FAILED, reason=type(error).__name__, error=str(error))
        if "NOGROUP" in str(error):
            await self._recreate_group()
        await self.room.wait(delay_s(self._failures, random=random.random, most_s=LONGEST_WAIT_S))

    async def _recreate_group(self) -> None:
        """A group or stream that somebody deleted is made again at id 0: what was done already is done again, to no effect."""
        try:
            created = await create_group(self.room.redis, self.room.stream, self.room.group)
        except RedisError as error:
            log.debug("group_not_recreated", error=str(error))
        else:
            if created:
                self.room.tell(Event.GROUP_RECREATED)
