"""A suspect is worked out in a child process: whatever it does there, the worker lives on.

One child serves one entry at a time and is kept warm for the next, since starting one takes a second or two. It says
when it begins, so that a child that could not be started is never blamed on the entry.
"""

import asyncio
import contextlib
import multiprocessing
import os
import pickle
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any, Final, Generic, TypeVar

import structlog

from kabar_chassis.child_process import end_with_parent, limit_memory
from kabar_chassis.delivery.outcome import Dead, Delivery, Reason, Retry

log: structlog.stdlib.BoundLogger = structlog.get_logger()

TRIES_ALONE: Final = 2
"""A child that dies twice with one entry and nothing else is proof enough: the second try has a fresh child."""
TIMEOUT_S: Final = 30.0
"""For one entry. The largest that a producer may send takes two or three."""
MEMORY_MB: Final = 1_024
"""For one child, its own 200 included."""
START_TIMEOUT_S: Final = 60.0
IDLE_S: Final = 30.0
"""A child that nobody needed for so long is ended."""
_WHY_CHARACTERS: Final = 1_000
_OUT_OF_MEMORY: Final = 87
"""Exit code of a child that reached its limit, where Python noticed it."""
_TOLD_TO_STOP: Final = (signal.SIGINT, signal.SIGTERM)
"""Sent to the worker's whole group when it is to stop, and to its children when it ends; no fault of what is in hand."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Result(Generic[T]):
    """What the function returned."""

    value: T


@dataclass(frozen=True, slots=True)
class Raised:
    """The function raised; the child lives."""

    why: str


@dataclass(frozen=True, slots=True)
class ChildDied:
    """The child ended while the function ran. A negative exit code is a signal."""

    exit_code: int

    def __str__(self) -> str:
        if self.exit_code == _OUT_OF_MEMORY:
            return "it ran out of memory"
        if self.exit_code >= 0:
            return f"exit code {self.exit_code}"
        with contextlib.suppress(ValueError):
            return f"signal {signal.Signals(-self.exit_code).name}"
        return f"signal {-self.exit_code}"


@dataclass(frozen=True, slots=True)
class TimedOut:
    """The function ran longer than it may; the child was ended."""

    timeout_s: float


@dataclass(frozen=True, slots=True)
class NotRun:
    """There was no child to run it in, or it was told to stop. Says nothing about the function or its argument."""

    why: str


Verdict = Result[T] | Raised | ChildDied | TimedOut | NotRun


class Quarantine:
    """One child process, started when it is needed, and again when it has died."""

    def __init__(self, *, timeout_s: float = TIMEOUT_S, memory_mb: int = MEMORY_MB) -> None:
        self._timeout_s = timeout_s
        self._memory_mb = memory_mb
        self._child: _Child | None = None
        self._one_at_a_time = asyncio.Lock()
        self._retirement: asyncio.TimerHandle | None = None

    async def run_alone(self, function: Callable[[Any], T], argument: Any) -> Verdict[T]:
        """What `function(argument)` gives in a child. Both must be importable from there, that is, picklable.

        Never raises for what the function does; ends the child when it is canceled.
        """
        job = pickle.dumps((function, argument))
        async with self._one_at_a_time:
            if self._retirement is not None:
                self._retirement.cancel()
            try:
                return await self._run(job)
            finally:
                self._retirement = asyncio.get_running_loop().call_later(IDLE_S, self.close)

    async def _run(self, job: bytes) -> Verdict[Any]:
        kept = self._child is not None
        verdict = await self._ask_child(job)
        # One that was kept may have been ended meanwhile by whoever needed its memory.
        return await self._ask_child(job) if kept and isinstance(verdict, NotRun) else verdict

    async def _ask_child(self, job: bytes) -> Verdict[Any]:
        if self._child is None:
            try:
                self._child = await asyncio.to_thread(_start_child, self._memory_mb)
            except OSError as error:
                return NotRun(str(error))
        child, verdict = self._child, None
        # A child that was stopped in the middle of a message would be waited for without end.
        watchdog = asyncio.get_running_loop().call_later(START_TIMEOUT_S + self._timeout_s + 5, child.process.kill)
        try:
            verdict = await asyncio.to_thread(_ask, child, job, timeout_s=self._timeout_s)
            return verdict
        finally:
            watchdog.cancel()
            if not isinstance(verdict, Result | Raised):
                self.close()

    def close(self) -> None:
        """End the child, if there is one; the next entry gets a new one."""
        child, self._child = self._child, None
        if child is not None:
            # Its end wakes the thread that waits for its answer. The pipe is closed with the last who knows it: closing
            # it here would leave that thread waiting for nothing.
            child.process.kill()


async def each_in_safety(
    function: Callable[[Delivery], T], deliveries: Sequence[Delivery], *, quarantine: Quarantine
) -> list[T | Dead | Retry]:
    """What `function` makes of each delivery, in their order; whatever one of them does, the others get their result.

    Suspects (an owner died with them) are worked out in quarantine, and so is whatever raises here.
    """
    return [await _in_safety(function, delivery, quarantine=quarantine) for delivery in deliveries]


async def _in_safety(function: Callable[[Delivery], T], delivery: Delivery, *, quarantine: Quarantine) -> T | Dead | Retry:
    if delivery.attempts <= 1:
        try:
            return function(delivery)
        except Exception as error:  # noqa: BLE001  # one entry must not fail its neighbours; alone it may show what it is
            log.warning("entry_suspected", entry_id=delivery.entry_id.decode(), error=repr(error)[:300])
    return await _alone(function, delivery, quarantine=quarantine)


async def _alone(function: Callable[[Delivery], T], delivery: Delivery, *, quarantine: Quarantine) -> T | Dead | Retry:
    given_up: Dead | None = None
    for _ in range(TRIES_ALONE):
        verdict = await quarantine.run_alone(function, delivery)
        match verdict:
            case Result(value=value):
                return value
            case Raised(why=why):
                return Dead(Reason.HANDLER_RAISED, why)
            case NotRun(why=why):
                return Retry(f"a suspect could not be worked out apart: {why}")
            case ChildDied():
                given_up = Dead(Reason.HANDLER_DIED, f"the process working it out ended, {TRIES_ALONE} times: {verdict}")
            case TimedOut(timeout_s=timeout_s):
                given_up = Dead(Reason.HANDLER_TIMED_OUT, f"not worked out within {timeout_s:g} s, {TRIES_ALONE} times")
    assert given_up is not None  # noqa: S101  # for the type checker: the loop runs
    return given_up


@dataclass(frozen=True, slots=True)
class _Child:
    process: SpawnProcess
    jobs: Connection


def _start_child(memory_mb: int) -> _Child:
    """A new child that waits for jobs. Raises OSError."""
    # Not fork: the worker has threads and open connections that a child must not share.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, memory_mb), name="quarantine", daemon=True)
    process.start()
    theirs.close()
    return _Child(process=process, jobs=ours)


def _ask(child: _Child, job: bytes, *, timeout_s: float) -> Verdict[Any]:
    """One job and its answer. Ends a child that does not give one."""
    try:
        child.jobs.send_bytes(job)
        if not child.jobs.poll(START_TIMEOUT_S):
            child.process.kill()
            return NotRun(f"it did not begin within {START_TIMEOUT_S:g} s")
        child.jobs.recv_bytes()
    except (EOFError, OSError):
        return NotRun(f"it ended before it began: {ChildDied(_exit_code(child))}")
    try:
        if not child.jobs.poll(timeout_s):
            child.process.kill()
            return TimedOut(timeout_s)
        verdict: Verdict[Any] = pickle.loads(child.jobs.recv_bytes())  # noqa: S301  # our own child wrote it
    except (EOFError, OSError):
        exit_code = _exit_code(child)
        return NotRun("it was told to stop") if -exit_code in _TOLD_TO_STOP else ChildDied(exit_code)
    return verdict


def _exit_code(child: _Child) -> int:
    child.process.join(timeout=5)
    return child.process.exitcode if child.process.exitcode is not None else -signal.SIGKILL


def _serve(jobs: Connection, memory_mb: int) -> None:
    """The child: one job after the other until the worker closes the pipe."""
    for number in _TOLD_TO_STOP:
        signal.signal(number, signal.SIG_DFL)
    end_with_parent()
    limit_memory(memory_mb)
    while True:
        try:
            function, argument = pickle.loads(jobs.recv_bytes())  # noqa: S301  # the worker wrote it
        except EOFError:
            return
        jobs.send_bytes(b"begun")
        jobs.send_bytes(_verdict(function, argument))


def _verdict(function: Callable[[Any], Any], argument: Any) -> bytes:
    try:
        return pickle.dumps(Result(function(argument)))
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)
    except Exception as error:  # noqa: BLE001  # whatever it is, the worker is told
        return pickle.dumps(Raised(f"{type(error).__name__}: {error}"[:_WHY_CHARACTERS]))
