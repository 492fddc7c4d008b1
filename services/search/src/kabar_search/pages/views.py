"""The addresses for people."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kabar_search import problems
from kabar_search.answers import Shown, TakenDown
from kabar_search.desk import Desk
from kabar_search.openapi import openapi_document
from kabar_search.pages.reading import reading_view
from kabar_search.pages.rendering import Pages, moment_text, number_text
from kabar_search.pages.results import days_of, results_of
from kabar_search.parameter_table import Facet
from kabar_search.parameters import BadParametersError
from kabar_search.routes import problem_of

_FACETS: Final = tuple(Facet)
_ALSO_KNOWN: Final = frozenset({"ui"})
_TOLD_AS: Final = {404: "not_found", 405: "method", 503: "unavailable"}


def page_routes(desk: Desk, *, pages: Pages) -> list[Route]:
    """The routes of the page, its style and the documentation."""

    async def show_results(request: Request) -> Response:
        try:
            search = desk.read(request.query_params.multi_items(), default_facets=_FACETS, also_known=_ALSO_KNOWN)
            answer = await desk.answer(search)
        except BadParametersError as error:
            return pages.render("faults.html", request=request, status=422, faults=error.faults, form=_form(request))
        ui = pages.language_for(request)
        ui_asked = ui if request.query_params.get("ui") == ui else None
        return pages.render(
            "results.html",
            request=request,
            form={"q": search.text, "days": days_of(search)},
            search=search,
            answer=answer,
            total_text=number_text(answer.total, ui=ui),
            page_text=number_text(search.page, ui=ui),
            results=results_of(search, answer, ui=ui, ui_asked=ui_asked),
        )

    async def show_article(request: Request) -> Response:
        ui = pages.language_for(request)
        match await desk.article(request.path_params["article_id"]):
            case Shown(article=article):
                return pages.render("article.html", request=request, **reading_view(article, zone=desk.zone, ui=ui))
            case TakenDown() as article:
                since_text = moment_text(article.since, zone=desk.zone, ui=ui)
                return pages.render("gone.html", request=request, status=410, article=article, since_text=since_text)
            case None:
                return pages.render("told.html", request=request, status=404, told="unknown")

    async def show_documentation(request: Request) -> Response:
        return pages.render("documentation.html", request=request, api=openapi_document())

    async def give_style(_: Request) -> Response:
        return Response(pages.style, media_type="text/css", headers={"cache-control": "public, max-age=31536000, immutable"})

    async def give_icon(_: Request) -> Response:
        return Response(pages.icon, media_type="image/svg+xml", headers={"cache-control": "public, max-age=86400"})

    return [
        Route("/", show_results),
        Route("/articles/{article_id}", show_article),
        Route("/docs", show_documentation),
        Route("/style.css", give_style),
        Route("/icon.svg", give_icon),
    ]


def tell_person(request: Request, error: Exception, *, pages: Pages) -> Response:
    """The page for a person after an error."""
    problem = problem_of(error)
    if problem.faults:
        return pages.render("faults.html", request=request, status=problem.status, faults=problem.faults, form=_form(request))
    headers = problem.headers | ({"allow": "GET, HEAD"} if problem.status == problems.method_not_allowed().status else {})
    return pages.render("told.html", request=request, status=problem.status, headers=headers, told=_TOLD_AS.get(problem.status, "failed"))


def _form(request: Request) -> dict[str, object]:
    """The form as it was sent, for a search that could not be run."""
    return {"q": request.query_params.get("q", ""), "days": {"from": "", "to": ""}}
