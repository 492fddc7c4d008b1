"""Wiring: settings become objects here and nowhere else."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from kabar_search.desk import Desk
from kabar_search.headers import AnswerHeaders
from kabar_search.opensearch_reader import OpenSearchReader, client_for
from kabar_search.pages.rendering import Pages
from kabar_search.pages.views import page_routes, tell_person
from kabar_search.routes import TOLD, api_routes, tell_program
from kabar_search.settings import Settings


def _now() -> datetime:
    return datetime.now(UTC)


def build_app(settings: Settings, *, clock: Callable[[], datetime] = _now) -> ASGIApp:
    """The whole service as an ASGI application. It connects when it is first asked, so it starts without OpenSearch."""
    desk = Desk(reader=_reader(settings), clock=clock, zone=ZoneInfo(settings.time_zone), query_timeout_ms=settings.query_timeout_ms)
    return application(desk, pages=Pages(default_language=settings.ui_language))


def application(desk: Desk, *, pages: Pages) -> ASGIApp:
    """The addresses of the service, answered at `desk`; it gives the desk's connections back when it ends."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await desk.reader.close()

    async def tell(request: Request, error: Exception) -> Response:
        if request.url.path.startswith("/v1/"):
            return await tell_program(request, error)
        return tell_person(request, error, pages=pages)

    app = Starlette(
        routes=[*api_routes(desk), *page_routes(desk, pages=pages)], exception_handlers=dict.fromkeys(TOLD, tell), lifespan=lifespan
    )
    # Around the whole application, since Starlette answers 500 outside of its own middleware.
    return AnswerHeaders(app)


def _reader(settings: Settings) -> OpenSearchReader:
    password = settings.opensearch_password.get_secret_value() if settings.opensearch_password else None
    if settings.opensearch_password_file is not None:
        password = settings.opensearch_password_file.read_text(encoding="utf-8").rstrip("\r\n")
    client = client_for(
        settings.opensearch_url,
        user=settings.opensearch_user,
        password=password,
        ca_file=str(settings.opensearch_ca_file) if settings.opensearch_ca_file else None,
    )
    return OpenSearchReader(client, alias=settings.articles_alias, timeout_ms=settings.query_timeout_ms)
