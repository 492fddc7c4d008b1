"""The delivery room: the whole way of an entry through a worker, on one screen.

`intake` reads and `upkeep` takes over what others left; both bring it here: handle -> settle -> what is left waits,
held by `upkeep`, and is handled again.
"""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from kabar_contracts.streams import Group, Stream, dead_letters
from prometheus_client import Histogram
from redis.asyncio import Redis
from redis.exceptions import RedisError

from kabar_chassis.delivery import possession
from kabar_chassis.delivery.backoff import delay_s
from kabar_chassis.delivery.brake import Brake
from kabar_chassis.delivery.outcome import Blocked, Dead, Delivery, Done, Handler, HandOver, Outcome, Reason, Retry
from kabar_chassis.delivery.settlement import settle
from kabar_chassis.metrics import BATCH_ENTRIES, STAGE_DURATION, Metrics
from kabar_chassis.telemetry import Event, Telemetry, class_of

MAX_ATTEMPTS: Final = 5
STOP_GRACE_S: Final = 4.0
"""How long what is in hand may take once the worker is to stop; then it is released."""
STOPPING_TRY_S: Final = 0.2
"""Between two tries meanwhile."""

Pairs = Sequence[tuple[Delivery, Outcome]]


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
    brake: Brake = field(default_factory=Brake)
    telemetry: Telemetry = field(default_factory=lambda: Telemetry(Metrics()))
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    now: Callable[[], datetime] = _utc_now
    in_hand: dict[bytes, Delivery] = field(default_factory=dict)
    left: set[bytes] = field(default_factory=set)
    """What was in hand and is pending still, because handling it failed: its next delivery counts."""
    blocked: str | None = None
    """Why this worker waits for somebody to act; None while it works."""
    stirred_at: float = field(default_factory=time.monotonic)
    """When anything last came to an end here, by the monotonic clock."""
    _stopped_at: float | None = None
    _batch_entries: Histogram = field(init=False)
    _handling: Histogram = field(init=False)
    _settling: Histogram = field(init=False)

    def __post_init__(self) -> None:
        metrics = self.telemetry.metrics
        self._batch_entries = metrics.histogram(BATCH_ENTRIES, **self.labels)
        self._handling = metrics.histogram(STAGE_DURATION, **self.labels, stage="handle")
        self._settling = metrics.histogram(STAGE_DURATION, **self.labels, stage="settle")

    @property
    def labels(self) -> dict[str, str]:
        """What its metrics and log lines are labelled by."""
        return {"stream": self.stream.name, "group": self.group.value}

    async def work_through(self, deliveries: Sequence[Delivery]) -> None:
        """Handle these deliveries until each is settled, or released because the worker is stopping."""
        self.in_hand |= {delivery.entry_id: delivery for delivery in deliveries}
        self.left -= self.in_hand.keys()
        self._batch_entries.observe(len(deliveries))
        remaining, failures = list(deliveries), 0
        try:
            while remaining:
                outcomes = await self._outcomes(remaining)
                if outcomes is None:
                    break
                pairs = list(zip(remaining, self._braked(outcomes), strict=True))
                if not await self._settle(pairs):
                    break
                waiting = [(delivery, outcome) for delivery, outcome in pairs if isinstance(outcome, Retry | Blocked)]
                self._note_waiting([outcome for _, outcome in waiting])
                failures = failures + 1 if len(waiting) == len(remaining) else 0
                remaining = [delivery for delivery, _ in waiting]
                if self.stopping.is_set() and (self.blocked or self._grace_left_s() <= 0):
                    break
                if remaining:
                    await self._wait_before_next_try(failures)
            if remaining:
                await self._release(remaining)
        except Exception as error:  # noqa: BLE001  # the one place: what nobody foresaw is claimed again, and counted
            self.left |= {delivery.entry_id for delivery in remaining}
            self.tell(Event.HANDLING_FAILED, reason=type(error).__name__, count=len(remaining), exc_info=True)
        finally:
            for delivery in deliveries:
                self.in_hand.pop(delivery.entry_id, None)
            self.stirred_at = time.monotonic()

    async def _outcomes(self, deliveries: Sequence[Delivery]) -> list[Outcome] | None:
        """One outcome a delivery: given up when every worker died with it, else what the handler says.

        None when the worker is stopping and the handler does not come to an end.
        """
        exhausted = Dead(Reason.ATTEMPTS_EXHAUSTED, f"{MAX_ATTEMPTS} workers died while handling it")
        alive = [delivery for delivery in deliveries if delivery.attempts <= MAX_ATTEMPTS]
        answer = await self._handled(alive) if alive else []
        if answer is None:
            return None
        handled = iter(answer)
        return [next(handled) if delivery.attempts <= MAX_ATTEMPTS else exhausted for delivery in deliveries]

    async def _handled(self, deliveries: Sequence[Delivery]) -> Sequence[Outcome] | None:
        handling = asyncio.ensure_future(self.handle(deliveries))
        stopped = asyncio.ensure_future(self.stopping.wait())
        try:
            with self._handling.time():
                await asyncio.wait((handling, stopped), return_when=asyncio.FIRST_COMPLETED)
                if not handling.done():
                    await asyncio.wait((handling,), timeout=self._grace_left_s())
            return handling.result() if handling.done() else None
        finally:
            stopped.cancel()
            handling.cancel()

    def _braked(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """The outcomes, but what would be given up waits when too much is."""
        kept: list[Outcome] = []
        pulled = False
        for outcome in outcomes:
            holds = isinstance(outcome, Dead) and not self.brake.lets_go()
            pulled = pulled or holds
            kept.append(Blocked(self.brake.why) if holds else outcome)
        if pulled and not self.brake.pulled:
            self.tell(Event.BRAKE_PULLED, why=self.brake.why)
        elif self.brake.pulled and not pulled:
            self.tell(Event.BRAKE_RELEASED)
        self.brake.pulled = pulled
        return kept

    async def _settle(self, pairs: Pairs) -> bool:
        """Settle, and repeat it while Redis cannot be reached: the work is done and must not be lost.

        False when the worker is stopping and it could not be settled: then it stays pending and is delivered again.
        """
        failures = 0
        while True:
            try:
                with self._settling.time():
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
                self.tell(Event.SETTLEMENT_FAILED, reason=type(error).__name__, error=str(error))
                if self.stopping.is_set():
                    return False
                await self.wait(delay_s(failures, random=random.random))
            else:
                self._note_settled(pairs)
                return True

    def _note_settled(self, pairs: Pairs) -> None:
        handed_over = done = 0
        for delivery, outcome in pairs:
            if isinstance(outcome, Done | HandOver):
                self.brake.note_success()
                handed_over += isinstance(outcome, HandOver)
                done += isinstance(outcome, Done)
            elif isinstance(outcome, Dead):
                entry_id, detail = delivery.entry_id.decode(), outcome.detail[:300]
                self.tell(Event.ENTRY_GIVEN_UP, reason=outcome.reason.value, entry_id=entry_id, detail=detail)
        if handed_over:
            self.tell(Event.ENTRIES_HANDED_OVER, count=handed_over)
        if done:
            self.tell(Event.ENTRIES_DONE, count=done)

    def _note_waiting(self, waiting: Sequence[Outcome]) -> None:
        """Say once why nothing goes on, and once that it goes on again."""
        why = next((outcome.why for outcome in waiting if isinstance(outcome, Blocked)), None)
        if why is None and self.blocked is not None:
            self.tell(Event.WORK_RESUMED)
        elif why is not None and (self.blocked is None or class_of(why) != class_of(self.blocked)):
            self.tell(Event.WORK_BLOCKED, reason=class_of(why), why=why)
        self.blocked = why
        retry = next((outcome.why for outcome in waiting if isinstance(outcome, Retry)), None)
        if retry is not None:
            self.tell(Event.ENTRIES_RETRIED, reason=class_of(retry), count=len(waiting), why=retry)

    async def _release(self, deliveries: Sequence[Delivery]) -> None:
        entry_ids = [delivery.entry_id for delivery in deliveries]
        try:
            released = await possession.release(self.redis, self.stream.name, self.group.value, self.consumer, entry_ids)
        except RedisError as error:
            # They stay pending under our name; the living claim them after `reclaim_after_ms`.
            self.tell(Event.RELEASE_FAILED, reason=type(error).__name__, error=str(error), entries=len(entry_ids))
        else:
            self.tell(Event.ENTRIES_RELEASED, count=released)

    def tell(self, event: Event, *, count: int = 1, **facts: object) -> None:
        """Count and log this event of this room."""
        self.telemetry.tell(event, count=count, **(self.labels | facts))

    async def _wait_before_next_try(self, failures: int) -> None:
        if self.stopping.is_set():
            await asyncio.sleep(STOPPING_TRY_S)
        else:
            await self.wait(delay_s(failures + 1, random=random.random))

    def _grace_left_s(self) -> float:
        """How long what is in hand may still take, once the worker is to stop."""
        if self._stopped_at is None:
            self._stopped_at = time.monotonic()
        return max(0.0, self._stopped_at + STOP_GRACE_S - time.monotonic())

    async def wait(self, seconds: float) -> None:
        """Wait so long, or until the worker is to stop."""
        try:
            await asyncio.wait_for(self.stopping.wait(), timeout=seconds)
        except TimeoutError:
            return
