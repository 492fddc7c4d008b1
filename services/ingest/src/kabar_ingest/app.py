"""Wiring: settings become objects here and nowhere else."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final

import structlog
from kabar_chassis.backlog import export_backlog
from kabar_chassis.metrics import Metrics, RequestMeter, metrics_route
from kabar_chassis.redis_client import connect
from kabar_chassis.telemetry import Telemetry
from kabar_contracts.streams import ALL
from starlette.applications import Starlette
from starlette.exceptions import HTTPException

from kabar_ingest.documentation import documentation_routes
from kabar_ingest.duplicates import RecentPushes
from kabar_ingest.durability import Durability
from kabar_ingest.health import Health
from kabar_ingest.pressure import Limits, Pressure
from kabar_ingest.publishing import Publisher
from kabar_ingest.routes import IngestApi, http_problem, server_problem
from kabar_ingest.settings import MIB, Settings

log: Final = structlog.get_logger(__name__)

CANCELLED_AGAIN_S: Final = 1.0
"""How long a cancelled task gets before it is cancelled again."""

_GROUPS: Final = [(stream, group) for stream in ALL for group in stream.groups]


def build_app(settings: Settings) -> Starlette:
    """The ASGI application. It starts without Redis too, and says so at `/readyz`."""
    redis = connect(settings.redis_url.get_secret_value())
    telemetry = Telemetry(Metrics())
    pressure = Pressure(redis, limits=_limits(settings), telemetry=telemetry, now=lambda: datetime.now(UTC))
    publisher = Publisher(redis, telemetry=telemetry)
    api = IngestApi(
        publisher=publisher,
        pressure=pressure,
        recent=RecentPushes(settings.recent_pushes),
        settings=settings,
        telemetry=telemetry,
        requests=RequestMeter(telemetry.metrics),
        now=lambda: datetime.now(UTC),
    )

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        committing = asyncio.create_task(publisher.run(), name="commit articles")
        watching = asyncio.create_task(pressure.watch(), name="watch the pressure")
        asking = asyncio.create_task(Durability(redis, telemetry=telemetry).watch(), name="ask whether what is accepted is safe")
        # Workers show the backlog of their own groups; ingest shows all of it, also while no worker lives to do so.
        showing = asyncio.create_task(
            export_backlog(redis, _GROUPS, telemetry=telemetry, now=lambda: datetime.now(UTC), stopping=asyncio.Event()),
            name="show the backlog",
        )
        try:
            yield
        finally:
            publisher.stop()
            await committing
            await end((watching, asking, showing))
            await redis.aclose()
            log.info("service_stopped")

    app = Starlette(
        routes=[*api.routes(), *Health(redis, publisher).routes(), metrics_route(telemetry.metrics), *documentation_routes(settings)],
        lifespan=lifespan,
        exception_handlers={HTTPException: http_problem, Exception: server_problem},
    )
    app.router.redirect_slashes = False
    return app


async def end(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel these tasks until each has ended.

    Once may not be enough: up to Python 3.11 `asyncio.wait_for`, with which redis-py sends its commands, drops a
    cancellation that comes just when the answer does, and a loop that runs for ever would go on.
    """
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=CANCELLED_AGAIN_S)


def _limits(settings: Settings) -> Limits:
    memory_mb = settings.redis_memory_mb
    return Limits(
        backlog_entries=settings.backlog_entries,
        memory_share=settings.redis_memory_share,
        memory_bytes=None if memory_mb is None else memory_mb * MIB,
        backfill_share=settings.backfill_share,
    )
