"""The HTTP interface: from a request to what the pure modules need, and from their outcome to an answer."""

import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any, Final

import orjson
from kabar_chassis import metrics
from kabar_chassis.metrics import RequestMeter
from kabar_chassis.telemetry import Event, Telemetry
from kabar_contracts import limits as contract
from kabar_contracts.raw import RawArticle
from kabar_contracts.streams import Lane, raw
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from kabar_ingest import answers, bodies, pages, parameters, problems, takedowns
from kabar_ingest.articles import Address, read_article
from kabar_ingest.batches import BatchLimits, BatchPush, BatchReport
from kabar_ingest.bodies import BodyLimits, Limit
from kabar_ingest.duplicates import RecentPushes
from kabar_ingest.entries import entry_of
from kabar_ingest.media import MediaType, media_type
from kabar_ingest.outcomes import UNKNOWN, not_written
from kabar_ingest.pressure import Pressure
from kabar_ingest.problems import Fault, Problem, ProblemError
from kabar_ingest.publishing import Publisher, Written
from kabar_ingest.settings import Settings, variable
from kabar_ingest.traces import traceparent_of

NDJSON: Final = "application/x-ndjson"
NDJSON_NAMES: Final = (NDJSON, "application/ndjson", "application/jsonl", "application/x-jsonlines")
"""No name is registered; these are in use."""
HTML: Final = ("text/html", "application/xhtml+xml")
TEXT: Final = "text/plain"
TAKEDOWN_BYTES: Final = 64 * 1024
CLIENT_GONE: Final = 499
"""nginx's word for a client that left; nobody reads it."""

HELD: Final = "held_bytes"
FORM: Final = "form"
SINGLE: Final = "single"
BATCH: Final = "batch"

Handler = Callable[[Request], Awaitable[Response]]


@dataclass(slots=True)
class IngestApi:
    """The handlers and what they work with."""

    publisher: Publisher
    pressure: Pressure
    recent: RecentPushes
    settings: Settings
    telemetry: Telemetry
    requests: RequestMeter
    now: Callable[[], datetime]
    monotonic: Callable[[], float] = time.perf_counter
    random_bytes: Callable[[int], bytes] = os.urandom
    _open: int = field(default=0, init=False)
    _held_bytes: int = field(default=0, init=False)
    _count_bytes: Callable[[float], None] = field(init=False)

    def __post_init__(self) -> None:
        """Bind what is counted for each request."""
        self._count_bytes = self.telemetry.metrics.counter(metrics.ARTICLE_BYTES, form=SINGLE).inc

    def routes(self) -> list[Route]:
        """The routes of the interface."""
        place = "/v1/articles/{source}/{native_id:path}"
        return [
            Route("/v1/articles", partial(self._measured, "/v1/articles", self._post_articles), methods=["POST"]),
            # One route for both, so that a 405 names both.
            Route(place, partial(self._measured, place, self._change_article), methods=["PUT", "DELETE"]),
            Route("/v1/takedowns", partial(self._measured, "/v1/takedowns", self._post_takedown), methods=["POST"]),
        ]

    async def _measured(self, route: str, handle: Handler, request: Request) -> Response:
        """The answer; it is counted with its status and its duration, also when the service fails."""
        started, status = self.monotonic(), int(HTTPStatus.INTERNAL_SERVER_ERROR)
        try:
            response = await self._answer(handle, request)
            status = response.status_code
        finally:
            self.requests.note(route=route, status=status, seconds=self.monotonic() - started)
        return response

    async def _answer(self, handle: Handler, request: Request) -> Response:
        """What `handle` answers, or the problem that it raises."""
        if self._open >= self.settings.open_requests:
            problem = _busy(setting=variable("open_requests")).problem
            self.telemetry.tell(Event.PUSH_REFUSED, reason=problem.code)
            return problem_response(problem)
        self._open += 1
        try:
            return await handle(request)
        except ProblemError as error:
            self._count_refused(request, error.problem.code)
            return problem_response(error.problem)
        except ClientDisconnect:
            self.telemetry.tell(Event.PUSH_ABANDONED, path=request.url.path)
            return Response(status_code=CLIENT_GONE)
        except Exception:
            self._count_refused(request, UNKNOWN)
            raise
        finally:
            self._open -= 1
            self._held_bytes -= getattr(request.state, HELD, 0)

    def _count_refused(self, request: Request, code: str) -> None:
        self.telemetry.tell(Event.PUSH_REFUSED, reason=code)
        if getattr(request.state, FORM, SINGLE) is BATCH:
            return  # its lines are counted where they are read
        self.telemetry.tell(Event.ARTICLES_RECEIVED, form=SINGLE)
        if code == UNKNOWN:
            self.telemetry.tell(Event.ARTICLES_UNKNOWN)
        else:
            self.telemetry.tell(Event.ARTICLES_REFUSED, reason=code)

    async def _post_articles(self, request: Request) -> Response:
        kind = media_type(request.headers.get("content-type", ""))
        if kind.essence in NDJSON_NAMES:
            return await self._post_batch(request, kind)
        if kind.is_json:
            values = parameters.checked(request.query_params.multi_items(), allowed=(parameters.LANE,))
            _check_charset(kind)
            content = await self._body(request, decoded=self._article_limit)
            return await self._accept(request, read_article(content, accepted_at=self.now()), lane=parameters.lane_of(values))
        if kind.essence in HTML or kind.essence == TEXT:
            return await self._page(request, kind, address=None)
        raise _unsupported_media(kind, accepted=("application/json", NDJSON, HTML[0], TEXT))

    async def _change_article(self, request: Request) -> Response:
        return await (self._put_article(request) if request.method == "PUT" else self._delete_article(request))

    async def _put_article(self, request: Request) -> Response:
        kind = media_type(request.headers.get("content-type", ""))
        address = Address(source=request.path_params["source"], native_id=request.path_params["native_id"])
        if kind.is_json:
            values = parameters.checked(request.query_params.multi_items(), allowed=(parameters.LANE,))
            _check_charset(kind)
            content = await self._body(request, decoded=self._article_limit)
            article = read_article(content, accepted_at=self.now(), address=address)
            return await self._accept(request, article, lane=parameters.lane_of(values))
        if kind.essence in HTML or kind.essence == TEXT:
            return await self._page(request, kind, address=address)
        raise _unsupported_media(kind, accepted=("application/json", HTML[0], TEXT))

    async def _delete_article(self, request: Request) -> Response:
        values = parameters.checked(request.query_params.multi_items(), allowed=("reason", parameters.LANE))
        address = Address(source=request.path_params["source"], native_id=request.path_params["native_id"])
        content = await self._body(request, decoded=Limit(bytes=TAKEDOWN_BYTES, setting="the contract"))
        article = takedowns.takedown_at(address, content, reason=values.get("reason"), accepted_at=self.now())
        return await self._accept(request, article, lane=parameters.lane_of(values))

    async def _post_takedown(self, request: Request) -> Response:
        kind = media_type(request.headers.get("content-type", ""))
        if not kind.is_json:
            raise _unsupported_media(kind, accepted=("application/json",))
        values = parameters.checked(request.query_params.multi_items(), allowed=(parameters.LANE,))
        _check_charset(kind)
        content = await self._body(request, decoded=Limit(bytes=TAKEDOWN_BYTES, setting="the contract"))
        article = takedowns.takedown_by_url(content, accepted_at=self.now())
        return await self._accept(request, article, lane=parameters.lane_of(values))

    async def _page(self, request: Request, kind: MediaType, *, address: Address | None) -> Response:
        allowed = ("url", "source", parameters.LANE) if address is None else ("url", parameters.LANE)
        values = parameters.checked(request.query_params.multi_items(), allowed=allowed)
        url, source, lane = values.get("url"), values.get("source"), parameters.lane_of(values)
        if kind.essence == TEXT:
            content = await self._body(request, decoded=self._article_limit)
            dump = pages.read_dump(content, charset=kind.charset, url=url, source=source, accepted_at=self.now(), address=address)
            return await self._accept(request, dump, lane=lane)
        content = await self._body(request, decoded=Limit(bytes=contract.PAGE_BYTES, setting="the contract"))
        article = pages.read_page(
            content,
            headers=request.headers.items(),
            charset=kind.charset,
            url=url or request.headers.get("content-location"),
            source=source,
            accepted_at=self.now(),
            address=address,
        )
        return await self._accept(request, article, lane=lane, page=content, page_content_type=request.headers["content-type"])

    async def _accept(
        self, request: Request, article: RawArticle, *, lane: Lane, page: bytes | None = None, page_content_type: str | None = None
    ) -> Response:
        entry = entry_of(article, traceparent=self._traceparent(request), page=page, page_content_type=page_content_type)
        outcome = self.pressure.refusal(lane, article) or await self.publisher.publish(raw(lane), entry)
        if not isinstance(outcome, Written):
            raise not_written(outcome, retry_after_s=self.settings.retry_after_s)
        answer = answers.accepted(article, entry_id=outcome.entry_id, duplicate=self.recent.remember(article))
        self.telemetry.tell(Event.ARTICLES_RECEIVED, form=SINGLE)
        self.telemetry.tell(
            Event.ARTICLE_ACCEPTED, lane=lane.value, article_id=article.article_id, revision=article.revision, entry_id=outcome.entry_id
        )
        location = f"/v1/receipts/{answer['receipt']}"
        return json_response(answer, status=HTTPStatus.ACCEPTED, headers={"location": location})

    async def _post_batch(self, request: Request, kind: MediaType) -> Response:
        setattr(request.state, FORM, BATCH)
        values = parameters.checked(request.query_params.multi_items(), allowed=(parameters.LANE,))
        _check_charset(kind)
        lane = parameters.lane_of(values)
        self._hold(request, self.settings.article_bytes)
        batch = BatchPush(
            publisher=self.publisher,
            pressure=self.pressure,
            telemetry=self.telemetry,
            lane=lane,
            recent=self.recent,
            now=self.now,
            traceparent=self._traceparent(request),
            limits=BatchLimits(
                lines=self.settings.batch_lines,
                lines_setting=variable("batch_lines"),
                line=self._article_limit,
                retry_after_s=self.settings.retry_after_s,
            ),
        )
        decoded = Limit(bytes=self.settings.batch_bytes, setting=variable("batch_bytes"))
        report = await batch.push(self._pieces(request, decoded=decoded))
        problem = report.problem
        self._count_batch(report, lane)
        if problem is not None:
            self.telemetry.tell(Event.PUSH_REFUSED, reason=problem.code)
            return problem_response(problem, lines=report.answers)
        if not report.answers:
            fault = Fault(code="empty_body", message="There is no article: the body has no lines.", pointer="")
            raise problems.unparsable(fault)
        return Response(b"".join(report.answers), status_code=_batch_status(report.accepted, report.refused), media_type=NDJSON)

    def _count_batch(self, report: BatchReport, lane: Lane) -> None:
        outcome = "complete" if report.problem is None else report.problem.code
        self.telemetry.tell(Event.BATCH_ANSWERED, lane=lane.value, accepted=report.accepted, refused=report.refused, outcome=outcome)
        self.telemetry.metrics.histogram(metrics.BATCH_ARTICLES).observe(len(report.answers))
        self.telemetry.metrics.counter(metrics.ARTICLE_BYTES, form=BATCH).inc(report.size_bytes)

    @property
    def _article_limit(self) -> Limit:
        return Limit(bytes=self.settings.article_bytes, setting=variable("article_bytes"))

    async def _body(self, request: Request, *, decoded: Limit) -> bytes:
        parts = []
        async for piece in self._pieces(request, decoded=decoded):
            self._hold(request, len(piece))
            parts.append(piece)
        body = b"".join(parts)
        self._count_bytes(len(body))
        return body

    def _hold(self, request: Request, size_bytes: int) -> None:
        """Count bytes that stay in memory until the request is answered. Raises ProblemError (503) when there are too many."""
        self._held_bytes += size_bytes
        setattr(request.state, HELD, getattr(request.state, HELD, 0) + size_bytes)
        if self._held_bytes > self.settings.held_bytes:
            raise _busy(setting=variable("held_bytes"))

    def _pieces(self, request: Request, *, decoded: Limit) -> AsyncIterator[bytes]:
        coding = bodies.coding_of(request.headers.get("content-encoding"))
        received = Limit(bytes=self.settings.request_bytes, setting=variable("request_bytes"))
        if coding == "identity" and decoded.bytes < received.bytes:
            received = decoded
        bodies.check_length(request.headers.get("content-length"), limit=received)
        chunks = bodies.patient(request.stream(), idle_s=self.settings.body_idle_s, setting=variable("body_idle_s"))
        body_limits = BodyLimits(
            received=received,
            decoded=decoded,
            ratio=self.settings.compression_ratio,
            ratio_setting=variable("compression_ratio"),
        )
        return bodies.decoded(chunks, coding=coding, limits=body_limits)

    def _traceparent(self, request: Request) -> str:
        return traceparent_of(request.headers.get("traceparent"), random_bytes=self.random_bytes)


async def http_problem(_request: Request, error: Exception) -> Response:
    """What Starlette refuses by itself (no such path, no such method), as problem details."""
    if not isinstance(error, HTTPException):
        raise TypeError(f"{error!r} is not an HTTP error") from error
    status = HTTPStatus(error.status_code)
    headers = dict(error.headers or {})
    hint = f"This path takes {headers['Allow']}." if "Allow" in headers else "/docs lists the paths."
    fault = Fault(code=status.name.lower(), message=f"{status.description or status.phrase}.", hint=hint)
    return problem_response(Problem(status=status, title=status.phrase, faults=(fault,), headers=headers))


async def server_problem(_request: Request, _error: Exception) -> Response:
    """What is answered when the service itself fails; Starlette raises the error on, into the log."""
    fault = Fault(
        code="internal_error",
        message="The service failed; it is not known whether the article was accepted.",
        hint="Repeat it: the same article twice is still one article. If it fails again, its operators find the error in the log.",
    )
    return problem_response(Problem(status=HTTPStatus.INTERNAL_SERVER_ERROR, title="Internal error", faults=(fault,)))


def json_response(members: Mapping[str, Any], *, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Response(orjson.dumps(members), status_code=status, headers=headers, media_type="application/json")


def problem_response(problem: Problem, *, lines: list[bytes] | None = None) -> Response:
    """Problem details; `lines` are the answers to the lines of a batch that were read before the problem."""
    members = problem.members()
    if lines is not None:
        members["lines"] = [orjson.Fragment(line) for line in lines]
    return Response(orjson.dumps(members), status_code=problem.status, headers=problem.headers, media_type=problems.MEDIA_TYPE)


def _busy(*, setting: str) -> ProblemError:
    fault = Fault(
        code="too_many_requests",
        message="Too much is worked on at the same time; nothing of this request was accepted.",
        hint=f"Repeat it. The limit is set by {setting}.",
    )
    return problems.unavailable(fault, retry_after_s=1)


def _batch_status(accepted: int, refused: int) -> HTTPStatus:
    if not refused:
        return HTTPStatus.ACCEPTED
    return HTTPStatus.MULTI_STATUS if accepted else HTTPStatus.UNPROCESSABLE_ENTITY


def _check_charset(kind: MediaType) -> None:
    if kind.charset not in (None, "utf-8", "utf8", "us-ascii"):
        message = f"JSON is sent in UTF-8, not in {kind.charset!r:.40}."
        fault = Fault(code="unsupported_charset", message=message, hint="Encode it in UTF-8.", parameter="content-type")
        raise problems.unsupported(fault, headers={})


def _unsupported_media(kind: MediaType, *, accepted: tuple[str, ...]) -> ProblemError:
    taken = ", ".join(accepted)
    what = f"The media type {kind.essence!r:.80} is not supported" if kind.essence else "The header Content-Type is missing"
    hint = f"Name what the body is, for example `Content-Type: {accepted[0]}`. Accepted: {taken}."
    fault = Fault(code="unsupported_media_type", message=f"{what}.", hint=hint, parameter="content-type")
    return problems.unsupported(fault, headers={"accept-post": taken})
