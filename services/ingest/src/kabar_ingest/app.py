"""Wiring: settings become objects here and nowhere else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final

import structlog
from kabar_chassis.redis_client import connect
from starlette.applications import Starlette
from starlette.exceptions import HTTPException

from kabar_ingest.documentation import documentation_routes
from kabar_ingest.duplicates import RecentPushes
from kabar_ingest.health import Health
from kabar_ingest.memory_guard import MemoryGuard
from kabar_ingest.publishing import Publisher
from kabar_ingest.routes import IngestApi, http_problem, server_problem
from kabar_ingest.settings import Settings

log: Final = structlog.get_logger(__name__)


def build_app(settings: Settings) -> Starlette:
    """The ASGI application. It starts without Redis too, and says so at `/readyz`."""
    redis = connect(settings.redis_url.get_secret_value())
    guard = MemoryGuard(redis, share=settings.redis_memory_share)
    publisher = Publisher(redis, guard=guard)
    api = IngestApi(
        publisher=publisher,
        recent=RecentPushes(settings.recent_pushes),
        settings=settings,
        now=lambda: datetime.now(UTC),
    )

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        committing = asyncio.create_task(publisher.run(), name="commit articles")
        watching = asyncio.create_task(guard.watch(), name="watch memory")
        try:
            yield
        finally:
            publisher.stop()
            await committing
            watching.cancel()
            await asyncio.wait((watching,))
            await redis.aclose()
            log.info("service_stopped")

    app = Starlette(
        routes=[*api.routes(), *Health(redis, publisher).routes(), *documentation_routes(settings)],
        lifespan=lifespan,
        exception_handlers={HTTPException: http_problem, Exception: server_problem},
    )
    app.router.redirect_slashes = False
    return app
