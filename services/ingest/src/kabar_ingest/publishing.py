"""The way onto the raw stream: plain XADD in pipelines, singles of concurrent requests grouped into one.

Nothing is ever sent twice from here. What Redis refused was not accepted; what it did not answer is unknown, and the
producer repeats it: the id of the article makes the repetition harmless.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from kabar_chassis import metrics
from kabar_chassis.exchange import exchange
from kabar_chassis.telemetry import Event, Telemetry
from kabar_contracts import entry as codec
from kabar_contracts.entry import Entry
from kabar_contracts.streams import Stream
from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import BusyLoadingError, OutOfMemoryError, RedisError, ResponseError

from kabar_ingest.problems import Fault

COMMIT_ENTRIES: Final = 256
COMMIT_BYTES: Final = 8 * 1024 * 1024
"""A commit that has reached this size takes no further entry."""
PIPELINES: Final = 8
"""Pipelines in flight at once: more would only hold more bytes, as Redis takes one command at a time."""


@dataclass(frozen=True, slots=True)
class Written:
    """Redis has the entry."""

    entry_id: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Redis does not have the entry."""

    reason: str
    is_full: bool = False
    """Whether it is for want of room."""
    fault: Fault | None = None
    """What the producer is told, where more is known than that."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Redis may or may not have the entry: its answer did not come."""

    reason: str


Outcome = Written | Refused | Unknown


class Publisher:
    """Writes entries to Redis. `run` must be running for `publish` to return."""

    def __init__(self, redis: Redis, *, telemetry: Telemetry) -> None:
        self._redis = redis
        self._telemetry = telemetry
        self._commit_entries = telemetry.metrics.histogram(metrics.COMMIT_ENTRIES)
        self._commit_duration = telemetry.metrics.histogram(metrics.COMMIT_DURATION)
        self._waiting: list[tuple[Stream, Entry, asyncio.Future[Outcome]]] = []
        self._arrived = asyncio.Event()
        self._is_running = False
        self._is_stopping = False
        self._pipelines = asyncio.Semaphore(PIPELINES)

    async def publish(self, stream: Stream, entry: Entry) -> Outcome:
        """What became of one entry. It shares its way, and its fsync, with those of other requests."""
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append((stream, entry, future))
        self._arrived.set()
        return await future

    async def publish_batch(self, stream: Stream, entries: Sequence[Entry]) -> list[Outcome]:
        """What became of each entry, in order; all of them go in one pipeline."""
        return await self._send([(stream, entry) for entry in entries])

    @property
    def is_running(self) -> bool:
        """Whether there is somebody to commit what `publish` is given."""
        return self._is_running

    async def run(self) -> None:
        """Commit what `publish` was given, until `stop` is called and nothing is left."""
        self._is_running = True
        try:
            while self._waiting or not self._is_stopping:
                if self._waiting:
                    await self._commit(self._next_group())
                else:
                    self._arrived.clear()
                    await self._arrived.wait()
        finally:
            self._is_running = False

    def stop(self) -> None:
        """Let `run` return once everything that waits is committed."""
        self._is_stopping = True
        self._arrived.set()

    async def _commit(self, group: Sequence[tuple[Stream, Entry, asyncio.Future[Outcome]]]) -> None:
        try:
            outcomes = await self._send([(stream, entry) for stream, entry, _ in group])
        except Exception as error:  # noqa: BLE001  # it is logged with its stack, by the telemetry
            # Whatever it was: those who wait must hear of it, and the next ones must get their turn.
            self._telemetry.tell(Event.COMMIT_FAILED, reason="unexpected", count=len(group), exc_info=True)
            outcomes = [Unknown(type(error).__name__)] * len(group)
        for (_, _, future), outcome in zip(group, outcomes, strict=True):
            if not future.done():
                future.set_result(outcome)

    def _next_group(self) -> list[tuple[Stream, Entry, asyncio.Future[Outcome]]]:
        size_bytes = taken = 0
        for _, entry, _ in self._waiting[:COMMIT_ENTRIES]:
            if size_bytes >= COMMIT_BYTES:
                break
            size_bytes += len(entry.data) + len(entry.page or b"")
            taken += 1
        group, self._waiting = self._waiting[:taken], self._waiting[taken:]
        return group

    async def _send(self, entries: Sequence[tuple[Stream, Entry]]) -> list[Outcome]:
        outcomes = await self._write(entries)
        failures = Counter(outcome for outcome in outcomes if not isinstance(outcome, Written))
        for outcome, count in failures.items():
            self._telemetry.tell(Event.COMMIT_FAILED, reason=_failure(outcome), count=count, error=outcome.reason)
        return outcomes

    async def _write(self, entries: Sequence[tuple[Stream, Entry]]) -> list[Outcome]:
        async with self._pipelines:
            pool = self._redis.connection_pool
            try:
                # Connecting first tells what was never sent from what was sent and not answered.
                connection = await pool.get_connection()  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
            except (RedisError, OSError) as error:
                return [Refused(_reason(error))] * len(entries)
            started = time.perf_counter()
            try:
                return await _exchange(connection, entries)
            finally:
                self._commit_entries.observe(len(entries))
                self._commit_duration.observe(time.perf_counter() - started)
                await pool.release(connection)


async def _exchange(connection: AbstractConnection, entries: Sequence[tuple[Stream, Entry]]) -> list[Outcome]:
    answers: list[Any] = []
    missing: Outcome = Unknown("no answer")
    try:
        await exchange(connection, [("XADD", stream.name, "*", *_flat(entry)) for stream, entry in entries], answers=answers)
    except BusyLoadingError as error:
        missing = Refused(_reason(error))
    except (RedisError, OSError, TimeoutError) as error:
        missing = Unknown(_reason(error))
    return [*map(_outcome, answers), *[missing for _ in entries[len(answers) :]]]


def _flat(entry: Entry) -> list[bytes]:
    return [part for pair in codec.encode(entry).items() for part in pair]


def _outcome(answer: object) -> Outcome:
    if isinstance(answer, bytes):
        return Written(answer.decode())
    if isinstance(answer, ResponseError):
        return Refused(_reason(answer), is_full=isinstance(answer, OutOfMemoryError))
    return Unknown(f"{answer!r:.200}")


def _failure(outcome: Refused | Unknown) -> str:
    if isinstance(outcome, Unknown):
        return "unknown"
    return "full" if outcome.is_full else "refused"


def _reason(error: BaseException) -> str:
    return f"{error}" or type(error).__name__
