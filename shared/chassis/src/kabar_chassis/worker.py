"""The life of a stream worker: join the groups, consume, answer for its health, stop in order.

FastStream subscribes and hands batches to the rooms; a small HTTP server says whether the worker lives (`/livez`: it
consumes), is ready (`/readyz`: what it depends on answers) and what it counted (`/metrics`). A worker whose loop has
died ends by itself with a non-zero code, because a process that exists but consumes nothing looks healthy to everybody.
"""

import asyncio
import contextlib
import math
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import uvicorn
from faststream.redis import RedisBroker
from kabar_contracts.streams import Group, Stream
from redis.asyncio import Redis
from redis.exceptions import RedisError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from kabar_chassis.backlog import export_backlog
from kabar_chassis.delivery.intake import Intake
from kabar_chassis.delivery.upkeep import hold_forever, reclaim_forever
from kabar_chassis.metrics import metrics_route
from kabar_chassis.startup import UNEXPECTED, end_quietly_on_signals
from kabar_chassis.telemetry import Event, Telemetry
from kabar_chassis.topology import create_group, missing_groups
from kabar_chassis.trimming import trim_forever

WATCH_INTERVAL_S: Final = 1.0
QUIET_S: Final = 6.0
"""How long the loops and the rooms may take to come to an end, a handler's grace time among it; with what goes before and
what follows a worker stops within ten seconds, even if Redis answers nothing any more."""

CANCEL_S: Final = 1.0
"""How long the loops may take to end once they were cancelled."""
CHECK_S: Final = 2.0

Check = Callable[[], Awaitable[str | None]]
"""Asks one dependency. Returns what is wrong with it, or None."""


class RefusedError(RuntimeError):
    """The worker must not run as things are; the message says what to do."""


@dataclass(slots=True, kw_only=True)
class Worker:
    """What is needed to run one worker."""

    name: str
    redis: Redis
    broker: RedisBroker
    intakes: Sequence[Intake]
    telemetry: Telemetry
    prepare: Callable[[asyncio.Event], Awaitable[None]] | None = None
    """Waits for the worker's other dependencies before it reads; returns early when the event is set."""
    ready_checks: Mapping[str, Check] = field(default_factory=dict)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    consuming: bool = False
    """Whether its loops were started."""
    quiet_by: float = math.inf
    """When everything must have come to its end, by the monotonic clock; known once it is to stop."""
    died: str | None = None
    """Why the worker ended by itself."""

    @property
    def groups(self) -> list[tuple[Stream, Group]]:
        """What it reads."""
        return [(intake.room.stream, intake.room.group) for intake in self.intakes]


async def run_worker(worker: Worker, *, listener: socket.socket) -> int:
    """Run until SIGTERM or SIGINT (0), or until a loop dies (1). Its health is told on `listener`."""
    config = uvicorn.Config(_app(worker), log_config=None, access_log=False, lifespan="on", timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    end_quietly_on_signals()
    watch = asyncio.create_task(_end_with(worker, server))
    await server.serve(sockets=[listener])
    worker.stopping.set()
    await watch
    return 0 if worker.died is None else UNEXPECTED


async def _end_with(worker: Worker, server: uvicorn.Server) -> None:
    await worker.stopping.wait()
    server.should_exit = True


def _app(worker: Worker) -> Starlette:
    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        life = asyncio.create_task(_live(worker))
        yield
        _begin_to_stop(worker)
        await life

    async def livez(_: Request) -> JSONResponse:
        why = worker.died or (_dead_loop(worker) if worker.consuming else None)
        return JSONResponse({"worker": worker.name, "alive": why is None, "why": why}, 503 if why else 200)

    async def readyz(_: Request) -> JSONResponse:
        problems = {name: problem for name, check in worker.ready_checks.items() if (problem := await _in_time(check)) is not None}
        if (problem := await _streams_problem(worker)) is not None:
            problems["redis"] = problem
        problems |= {f"stream {intake.room.stream.name}": intake.room.blocked for intake in worker.intakes if intake.room.blocked}
        if not worker.consuming:
            problems["worker"] = "it has not begun to read"
        return JSONResponse({"worker": worker.name, "ready": not problems, "problems": problems}, 503 if problems else 200)

    return Starlette(routes=[Route("/livez", livez), Route("/readyz", readyz), metrics_route(worker.telemetry.metrics)], lifespan=lifespan)


async def _in_time(check: Check) -> str | None:
    """What the check says; a probe must not wait for a dependency as long as the work may."""
    try:
        async with asyncio.timeout(CHECK_S):
            return await check()
    except TimeoutError:
        return f"no answer within {CHECK_S:g} s"


async def _live(worker: Worker) -> None:
    """From the first look at the dependencies to the last acknowledgement."""
    tell, name = worker.telemetry.tell, worker.name
    try:
        await _join_groups(worker)
        if worker.prepare is not None:
            await worker.prepare(worker.stopping)
        if worker.stopping.is_set():
            return
        await worker.broker.start()
        worker.consuming = True
        tell(Event.WORKER_STARTED, worker=name, streams=[stream.name for stream, _ in worker.groups])
        await _run_until_stopped(worker)
    except RefusedError as refusal:
        worker.died = str(refusal)
        tell(Event.WORKER_REFUSED, worker=name, why=worker.died)
    except Exception as error:  # noqa: BLE001  # whatever ended the loop, the process must end too, and say why
        worker.died = repr(error)
        tell(Event.WORKER_DIED, worker=name, exc_info=True)
    finally:
        await _stop(worker)


async def _run_until_stopped(worker: Worker) -> None:
    """The loops, and once the worker is to stop their end: by themselves in time, or cut off. Raises what ended one of them."""
    loops, stopping = asyncio.create_task(_run_loops(worker)), asyncio.create_task(worker.stopping.wait())
    try:
        await asyncio.wait((loops, stopping), return_when=asyncio.FIRST_COMPLETED)
        await asyncio.wait((loops,), timeout=QUIET_S)
        if loops.done():
            await loops
        elif worker.died:
            raise RuntimeError(worker.died)
    finally:
        loops.cancel()
        stopping.cancel()
        await asyncio.wait((loops, stopping), timeout=CANCEL_S)


async def _run_loops(worker: Worker) -> None:
    streams = [stream for stream, _ in worker.groups]
    forever = [loop(intake.room) for intake in worker.intakes for loop in (hold_forever, reclaim_forever)]
    forever += [
        trim_forever(worker.redis, streams, telemetry=worker.telemetry, stopping=worker.stopping),
        export_backlog(worker.redis, worker.groups, telemetry=worker.telemetry, now=lambda: datetime.now(UTC), stopping=worker.stopping),
        _watch(worker),
    ]
    async with asyncio.TaskGroup() as loops:
        for loop in forever:
            loops.create_task(_stop_the_worker_with(loop, worker))


async def _stop_the_worker_with(loop: Coroutine[None, None, None], worker: Worker) -> None:
    """Run one loop. When it dies the others are told to stop, besides being cancelled.

    A cancellation alone may get lost: up to Python 3.11 `asyncio.wait_for`, with which redis-py sends its commands, drops
    one that comes in the moment in which what it waits for has ended.
    """
    try:
        await loop
    except Exception as error:
        worker.died = worker.died or repr(error)
        _begin_to_stop(worker)
        raise


async def _streams_problem(worker: Worker) -> str | None:
    try:
        missing = await missing_groups(worker.redis, worker.groups)
    except RedisError as error:
        return str(error)
    return f"missing groups: {', '.join(missing)}" if missing else None


async def _join_groups(worker: Worker) -> None:
    """Wait until the groups exist. One that is missing is made at id 0, as the topology job would: any order of starts will do."""
    said: str | None = None
    while not worker.stopping.is_set():
        problem = await _streams_problem(worker)
        if problem is None:
            return
        if problem != said:
            worker.telemetry.tell(Event.WORKER_WAITS_FOR_STREAMS, worker=worker.name, why=problem)
            said = problem
        with contextlib.suppress(RedisError):
            for stream, group in worker.groups:
                await create_group(worker.redis, stream, group)
        await _pause(worker, WATCH_INTERVAL_S / 4)


async def _watch(worker: Worker) -> None:
    """Raise when nothing is read any more: FastStream itself would stay up and answer every probe.

    Only at the second look in a row, so that `/livez` says so before the process ends.
    """
    seen: str | None = None
    while not worker.stopping.is_set():
        why = _dead_loop(worker)
        if why is not None and seen is not None:
            raise RuntimeError(why)
        seen = why
        await _pause(worker, WATCH_INTERVAL_S)


def _dead_loop(worker: Worker) -> str | None:
    for subscriber in worker.broker.subscribers:
        if all(task.done() for task in getattr(subscriber, "tasks", ())):
            return f"a subscriber of {worker.name} has stopped reading"
    return next((f"{intake.room.stream.name}: {why}" for intake in worker.intakes if (why := intake.silence())), None)


def _begin_to_stop(worker: Worker) -> None:
    worker.stopping.set()
    worker.quiet_by = min(worker.quiet_by, time.monotonic() + QUIET_S)
    for intake in worker.intakes:
        intake.room.stopping.set()


async def _stop(worker: Worker) -> None:
    """Stop reading, let what is in hand come to its end, then disconnect."""
    _begin_to_stop(worker)
    while not all(intake.is_quiet for intake in worker.intakes) and time.monotonic() < worker.quiet_by:  # noqa: ASYNC110  # several intakes, each with several reasons
        await asyncio.sleep(0.05)
    await worker.broker.stop()
    await worker.redis.aclose()
    worker.telemetry.tell(Event.WORKER_STOPPED, worker=worker.name, died=worker.died)


async def _pause(worker: Worker, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(worker.stopping.wait(), timeout=seconds)
