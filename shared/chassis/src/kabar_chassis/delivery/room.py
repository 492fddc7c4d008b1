"""The delivery room: the whole way of an entry through a worker.

read (FastStream) or reclaim -> handle -> settle -> what is left waits, held, and is handled again.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import structlog
from kabar_contracts.streams import Group, Stream, dead_letters
from redis.asyncio import Redis
from redis.exceptions import RedisError

from kabar_chassis.delivery import possession
from kabar_chassis.delivery.backoff import delay_s
from kabar_chassis.delivery.outcome import Blocked, Dead, Delivery, Handler, Outcome, Reason, Retry
from kabar_chassis.delivery.settlement import settle

log: structlog.stdlib.BoundLogger = structlog.get_logger()

MAX_ATTEMPTS: Final = 5
_TIDY_IDLE_MS: Final = 3_600_000


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True, kw_only=True)
class Room:
    """One worker's share of one group of one stream."""

    redis: Redis
    stream: Stream
    group: Group
    consumer: str
    """Unique to this process: two processes of one name would hold each other's entries."""
    handle: Handler
    next_stream: Stream | None = None
    batch_size: int = 64
    reclaim_after_ms: int = 10_000
    """Entries that nobody has held for so long belong to a dead worker."""
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    now: Callable[[], datetime] = _utc_now
    in_hand: dict[bytes, Delivery] = field(default_factory=dict)
    blocked: str | None = None
    """Why this worker waits for somebody to act; None while it works."""

    async def work_through(self, deliveries: Sequence[Delivery]) -> None:
        """Handle these deliveries until each is settled, or released because the worker is stopping."""
        self.in_hand |= {delivery.entry_id: delivery for delivery in deliveries}
        remaining, failures = list(deliveries), 0
        try:
            while remaining and not self.stopping.is_set():
                outcomes = await self._outcomes(remaining)
                await self._settle(list(zip(remaining, outcomes, strict=True)))
                waiting = [(delivery, outcome) for delivery, outcome in zip(remaining, outcomes, strict=True) if _waits(outcome)]
                self._note_state([outcome for _, outcome in waiting], failures=failures)
                failures = failures + 1 if len(waiting) == len(remaining) else 0
                remaining = [delivery for delivery, _ in waiting]
                if remaining:
                    await self._wait(delay_s(failures + 1, random=random.random))
            if remaining:
                await self._release(remaining)
        except Exception:  # the one place: an entry whose handling failed in a way nobody foresaw is claimed again, and counted
            log.exception("handling_failed", stream=self.stream.name, group=self.group.value, count=len(deliveries))
        finally:
            for delivery in deliveries:
                self.in_hand.pop(delivery.entry_id, None)

    async def _outcomes(self, deliveries: Sequence[Delivery]) -> list[Outcome]:
        """One outcome a delivery: given up when every worker died with it, else what the handler says."""
        exhausted = Dead(Reason.ATTEMPTS_EXHAUSTED, f"{MAX_ATTEMPTS} workers died while handling it")
        alive = [delivery for delivery in deliveries if delivery.attempts <= MAX_ATTEMPTS]
        handled = iter(await self.handle(alive) if alive else ())
        return [next(handled) if delivery.attempts <= MAX_ATTEMPTS else exhausted for delivery in deliveries]

    async def _settle(self, pairs: Sequence[tuple[Delivery, Outcome]]) -> None:
        """Settle, and repeat it while Redis cannot be reached: the work is done and must not be lost."""
        failures = 0
        while True:
            try:
                await settle(
                    self.redis,
                    pairs,
                    stream=self.stream.name,
                    group=self.group.value,
                    next_stream=self.next_stream.name if self.next_stream else None,
                    dead_stream=dead_letters(self.stream).name,
                    now=self.now(),
                )
            except RedisError as error:
                failures += 1
                if failures == 1:
                    log.warning("settlement_failed", stream=self.stream.name, group=self.group.value, error=str(error))
                if self.stopping.is_set():
                    return  # it stays pending and is delivered again
                await self._wait(delay_s(failures, random=random.random))
            else:
                for delivery, outcome in pairs:
                    if isinstance(outcome, Dead):
                        log.error(
                            "entry_given_up",
                            stream=self.stream.name,
                            group=self.group.value,
                            entry_id=delivery.entry_id.decode(),
                            reason=outcome.reason.value,
                            detail=outcome.detail[:300],
                        )
                return

    def _note_state(self, waiting: Sequence[Outcome], *, failures: int) -> None:
        """Say once why nothing goes on, and once that it goes on again."""
        why = next((outcome.why for outcome in waiting if isinstance(outcome, Blocked)), None)
        if why != self.blocked:
            self.blocked = why
            if why is None:
                log.info("work_resumed", stream=self.stream.name, group=self.group.value)
            else:
                log.error("work_blocked", stream=self.stream.name, group=self.group.value, why=why)
        elif why is None and failures == 0:
            retry = next((outcome.why for outcome in waiting if isinstance(outcome, Retry)), None)
            if retry is not None:
                log.warning("entries_retried", stream=self.stream.name, group=self.group.value, count=len(waiting), why=retry)

    async def _release(self, deliveries: Sequence[Delivery]) -> None:
        entry_ids = [delivery.entry_id for delivery in deliveries]
        try:
            released = await possession.release(
                self.redis, self.stream.name, self.group.value, self.consumer, entry_ids, idle_ms=self.reclaim_after_ms
            )
        except RedisError as error:
            # They stay pending under our name; the living claim them after `reclaim_after_ms`.
            log.warning("release_failed", stream=self.stream.name, group=self.group.value, count=len(entry_ids), error=str(error))
        else:
            log.info("entries_released", stream=self.stream.name, group=self.group.value, count=released)

    async def reclaim_forever(self) -> None:
        """Take over what dead workers left, oldest first, until the worker stops."""
        while not self.stopping.is_set():
            try:
                claimed = await self.reclaim_once()
            except RedisError as error:
                log.debug("reclaim_failed", error=str(error))
                claimed = 0
            if not claimed:
                await self._wait(self.reclaim_after_ms / 5_000)

    async def reclaim_once(self) -> int:
        """Claim and handle one batch of abandoned entries. Returns how many there were."""
        rows = await possession.pending_entries(
            self.redis, self.stream.name, self.group.value, idle_ms=self.reclaim_after_ms, at_most=self.batch_size * 4
        )
        plan = possession.plan_claims(rows, in_hand=self.in_hand.keys(), at_most=self.batch_size)
        chosen = plan.together or ((plan.alone,) if plan.alone else ())
        if not chosen:
            await possession.remove_idle_consumers(
                self.redis, self.stream.name, self.group.value, idle_ms=_TIDY_IDLE_MS, keep=self.consumer
            )
            return 0
        deliveries = await possession.claim(
            self.redis, self.stream.name, self.group.value, self.consumer, chosen, idle_ms=self.reclaim_after_ms
        )
        if deliveries:
            log.info("entries_reclaimed", stream=self.stream.name, group=self.group.value, count=len(deliveries))
            await self.work_through(deliveries)
        return len(deliveries)

    async def hold_forever(self) -> None:
        """Keep what is in hand from being claimed, as long as it is ours, until the worker stops."""
        while not self.stopping.is_set():
            await self._wait(self.reclaim_after_ms / 4_000)
            try:
                await possession.hold(self.redis, self.stream.name, self.group.value, self.consumer, list(self.in_hand))
            except RedisError as error:
                log.debug("hold_failed", error=str(error))

    async def _wait(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self.stopping.wait(), timeout=seconds)
        except TimeoutError:
            return


def _waits(outcome: Outcome) -> bool:
    return isinstance(outcome, Retry | Blocked)
