"""The addresses for programs, and what is wrong told as problem details."""

from typing import Any, Final

import orjson
from kabar_chassis.telemetry import Event, Telemetry
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kabar_search import problems
from kabar_search.answers import Shown, TakenDown
from kabar_search.desk import Desk
from kabar_search.openapi import openapi_document
from kabar_search.opensearch_reader import IndexUnavailableError, QueryRefusedError
from kabar_search.parameters import BadParametersError
from kabar_search.problems import Problem

# A takedown must be seen at the next look.
_NOT_KEPT: Final = {"cache-control": "no-cache"}


def api_routes(desk: Desk, *, telemetry: Telemetry) -> list[Route]:
    """The routes under `/v1`, of health, and of the OpenAPI document."""

    async def search_articles(request: Request) -> Response:
        answer = await desk.answer(desk.read(request.query_params.multi_items()))
        return _json(answer.as_json())

    async def show_article(request: Request) -> Response:
        match await desk.article(request.path_params["article_id"]):
            case Shown(article=article):
                return _json(article)
            case TakenDown() as article:
                return problems.response_of(problems.taken_down(article), headers=_NOT_KEPT)
            case None:
                return problems.response_of(problems.unknown_article(), headers=_NOT_KEPT)

    async def tell_alive(_: Request) -> Response:
        return _json({"status": "alive"})

    async def tell_ready(_: Request) -> Response:
        try:
            await desk.reader.check()
        except IndexUnavailableError as error:
            telemetry.tell(Event.READINESS_REFUSED, reason="not_ready", why=str(error))
            return _json({"status": "not_ready", "reason": "OpenSearch does not answer or has no articles alias"}, status=503)
        return _json({"status": "ready"})

    async def show_openapi(_: Request) -> Response:
        return _json(openapi_document())

    return [
        Route("/v1/search", search_articles),
        Route("/v1/articles/{article_id}", show_article),
        Route("/livez", tell_alive),
        Route("/readyz", tell_ready),
        Route("/openapi.json", show_openapi),
    ]


def _json(content: dict[str, Any], *, status: int = 200) -> Response:
    return Response(orjson.dumps(content), status_code=status, media_type="application/json", headers=_NOT_KEPT)


def count_failure(error: Exception, *, telemetry: Telemetry) -> None:
    """Tell operators of an error, as far as it is theirs."""
    match error:
        case IndexUnavailableError():
            telemetry.tell(Event.INDEX_UNAVAILABLE, reason="unavailable", why=str(error))
        case QueryRefusedError():
            telemetry.tell(Event.QUERY_REFUSED, reason="query_refused", why=str(error))


def problem_of(error: Exception) -> Problem:
    """What is told of an error, to programs and people."""
    match error:
        case BadParametersError(faults=faults):
            return problems.bad_parameters(faults)
        case IndexUnavailableError():
            return problems.index_unavailable()
        case QueryRefusedError():
            return problems.query_refused()
        case HTTPException(status_code=405):
            return problems.method_not_allowed()
        case HTTPException():
            return problems.not_found()
        case _:
            return problems.internal_error()


TOLD: Final = (BadParametersError, IndexUnavailableError, QueryRefusedError, HTTPException, Exception)
"""The errors that `problem_of` tells."""


async def tell_program(_: Request, error: Exception) -> Response:
    """The answer to a program after an error."""
    headers = error.headers if isinstance(error, HTTPException) else None
    return problems.response_of(problem_of(error), headers=headers)
