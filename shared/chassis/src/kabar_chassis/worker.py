"""The life of a stream worker: join the groups, consume, answer for its health, stop in order.

FastStream subscribes and hands batches to the rooms; a small HTTP server says whether the worker lives (`/livez`:
its loops run) and is ready (`/readyz`: what it depends on answers). A worker whose loop has died ends by itself with
a non-zero code, because a process that exists but consumes nothing looks healthy to everybody.
"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog
import uvicorn
from faststream.redis import RedisBroker
from redis.asyncio import Redis
from redis.exceptions import RedisError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from kabar_chassis.delivery.room import Room
from kabar_chassis.startup import UNEXPECTED, end_quietly_on_signals
from kabar_chassis.topology import missing_groups

log: structlog.stdlib.BoundLogger = structlog.get_logger()

WATCH_INTERVAL_S: Final = 1.0

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
    rooms: Sequence[Room]
    prepare: Callable[[asyncio.Event], Awaitable[None]] | None = None
    """Waits for the worker's other dependencies before it reads; returns early when the event is set."""
    ready_checks: Mapping[str, Check] = field(default_factory=dict)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    died: str | None = None
    """Why the worker ended by itself."""


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
        worker.stopping.set()
        for room in worker.rooms:
            room.stopping.set()
        await life

    async def livez(_: Request) -> JSONResponse:
        return JSONResponse({"worker": worker.name, "alive": worker.died is None, "why": worker.died}, 200 if worker.died is None else 503)

    async def readyz(_: Request) -> JSONResponse:
        problems = {name: problem for name, check in worker.ready_checks.items() if (problem := await check()) is not None}
        if (problem := await _streams_problem(worker)) is not None:
            problems["redis"] = problem
        problems |= {f"room {room.stream.name}": room.blocked for room in worker.rooms if room.blocked}
        return JSONResponse({"worker": worker.name, "ready": not problems, "problems": problems}, 503 if problems else 200)

    return Starlette(routes=[Route("/livez", livez), Route("/readyz", readyz)], lifespan=lifespan)


async def _streams_problem(worker: Worker) -> str | None:
    try:
        missing = await missing_groups(worker.redis, [(room.stream, room.group) for room in worker.rooms])
    except RedisError as error:
        return str(error)
    return f"missing groups: {', '.join(missing)}" if missing else None


async def _live(worker: Worker) -> None:
    """From the first look at the dependencies to the last acknowledgement."""
    try:
        await _wait_for_streams(worker)
        if worker.prepare is not None:
            await worker.prepare(worker.stopping)
        if worker.stopping.is_set():
            return
        await worker.broker.start()
        log.info("worker_started", worker=worker.name, streams=[room.stream.name for room in worker.rooms])
        async with asyncio.TaskGroup() as loops:
            for room in worker.rooms:
                loops.create_task(room.hold_forever())
                loops.create_task(room.reclaim_forever())
            loops.create_task(_watch(worker))
    except RefusedError as refusal:
        worker.died = str(refusal)
        log.error("worker_refused", worker=worker.name, why=worker.died)  # noqa: TRY400  # a person must act; the stack says nothing
    except Exception as error:  # whatever ended the loop, the process must end too, and say why
        worker.died = repr(error)
        log.exception("worker_died", worker=worker.name)
    finally:
        for room in worker.rooms:
            room.stopping.set()
        worker.stopping.set()
        await worker.broker.stop()
        await worker.redis.aclose()
        log.info("worker_stopped", worker=worker.name, died=worker.died)


async def _wait_for_streams(worker: Worker) -> None:
    """Wait until the groups exist. FastStream would make a missing one at `$` and skip what lies there already."""
    said: str | None = None
    while not worker.stopping.is_set():
        problem = await _streams_problem(worker)
        if problem is None:
            return
        if problem != said:
            log.warning("worker_waits_for_streams", worker=worker.name, why=problem, hint="run `kabar topology`, or start Redis")
            said = problem
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(worker.stopping.wait(), timeout=WATCH_INTERVAL_S)


async def _watch(worker: Worker) -> None:
    """Raise when a subscriber has no running task: FastStream itself would stay up and read nothing."""
    while not worker.stopping.is_set():
        for subscriber in worker.broker.subscribers:
            tasks = getattr(subscriber, "tasks", ())
            if not any(not task.done() for task in tasks):
                raise RuntimeError(f"a subscriber of {worker.name} has stopped reading")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(worker.stopping.wait(), timeout=WATCH_INTERVAL_S)
