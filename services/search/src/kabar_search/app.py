"""Wiring: settings become objects here and nowhere else."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from kabar_chassis import redis_client
from kabar_chassis.metrics import Metrics, RequestMeter, metrics_route
from kabar_chassis.telemetry import Telemetry
from opensearchpy import AsyncOpenSearch
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from kabar_search.desk import Desk
from kabar_search.headers import AnswerHeaders
from kabar_search.opensearch_reader import OpenSearchReader, client_for
from kabar_search.pages.rendering import Pages
from kabar_search.pages.views import page_routes, tell_person
from kabar_search.receipt_desk import ReceiptDesk
from kabar_search.receipt_documents import ReceiptDocuments
from kabar_search.receipt_routes import receipt_routes
from kabar_search.redis_reader import RedisReader
from kabar_search.routes import TOLD, api_routes, count_failure, tell_program
from kabar_search.settings import Settings


def _now() -> datetime:
    return datetime.now(UTC)


def build_app(settings: Settings, *, clock: Callable[[], datetime] = _now) -> ASGIApp:
    """The whole service as an ASGI application. It connects when it is first asked, so it starts without OpenSearch."""
    client = _client(settings)
    reader = OpenSearchReader(client, alias=settings.articles_alias, timeout_ms=settings.query_timeout_ms)
    desk = Desk(reader=reader, clock=clock, zone=ZoneInfo(settings.time_zone), query_timeout_ms=settings.query_timeout_ms)
    return application(desk, pages=Pages(default_language=settings.ui_language), receipts=_receipt_desk(settings, client))


def application(desk: Desk, *, pages: Pages, receipts: ReceiptDesk | None = None) -> ASGIApp:
    """The addresses of the service, answered at the desks; it gives their connections back when it ends."""
    telemetry = Telemetry(Metrics())

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await desk.reader.close()
        if receipts is not None:
            await receipts.close()

    async def tell(request: Request, error: Exception) -> Response:
        count_failure(error, telemetry=telemetry)
        if request.url.path.startswith("/v1/"):
            return await tell_program(request, error)
        return tell_person(request, error, pages=pages)

    of_receipts = receipt_routes(receipts) if receipts is not None else []
    app = Starlette(
        routes=[*api_routes(desk, telemetry=telemetry), *of_receipts, *page_routes(desk, pages=pages), metrics_route(telemetry.metrics)],
        exception_handlers=dict.fromkeys(TOLD, tell),
        lifespan=lifespan,
    )
    # Around the whole application, since Starlette answers 500 outside of its own middleware.
    return AnswerHeaders(app, requests=RequestMeter(telemetry.metrics))


def _receipt_desk(settings: Settings, client: AsyncOpenSearch) -> ReceiptDesk:
    documents = ReceiptDocuments(
        client,
        articles_alias=settings.articles_alias,
        revisions_alias=settings.revisions_alias,
        timeout_s=settings.query_timeout_ms / 1_000,
    )
    streams = RedisReader(redis_client.connect(settings.redis_url.get_secret_value())) if settings.redis_url else None
    return ReceiptDesk(documents=documents, streams=streams, monotonic=time.monotonic)


def _client(settings: Settings) -> AsyncOpenSearch:
    password = settings.opensearch_password.get_secret_value() if settings.opensearch_password else None
    if settings.opensearch_password_file is not None:
        password = settings.opensearch_password_file.read_text(encoding="utf-8").rstrip("\r\n")
    return client_for(
        settings.opensearch_url,
        user=settings.opensearch_user,
        password=password,
        ca_file=str(settings.opensearch_ca_file) if settings.opensearch_ca_file else None,
    )
