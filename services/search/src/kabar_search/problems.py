"""Errors as RFC 9457 problem details."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import orjson
from starlette.responses import Response

from kabar_search.answers import TakenDown
from kabar_search.parameters import Fault

MEDIA_TYPE: Final = "application/problem+json"
RETRY_AFTER_S: Final = 5
ID_HINT: Final = "An article_id has 32 characters, 0 to 9 and a to f; results of a search name it."


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, for programs and people."""

    status: int
    code: str
    """A stable word; the `type` is made of it."""
    title: str
    detail: str
    faults: tuple[Fault, ...] = ()
    since: str | None = None
    """Since when an article is taken down."""
    reason: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        """What the answer carries beside it."""
        return {"retry-after": str(RETRY_AFTER_S)} if self.status == 503 else {}  # noqa: PLR2004 - a status is its number

    def as_json(self) -> dict[str, Any]:
        """As RFC 9457 writes it."""
        written: dict[str, Any] = {
            "type": f"urn:kabar:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.faults:
            written["errors"] = [asdict(fault) for fault in self.faults]
        if self.since is not None:
            written |= {"since": self.since, "reason": self.reason}
        return written


def response_of(problem: Problem, *, headers: Mapping[str, str] | None = None) -> Response:
    """The answer to a program."""
    return Response(
        orjson.dumps(problem.as_json()), status_code=problem.status, media_type=MEDIA_TYPE, headers={**problem.headers, **(headers or {})}
    )


def bad_parameters(faults: Sequence[Fault]) -> Problem:
    """422 with all that is wrong."""
    return Problem(422, "bad_parameters", "The search cannot be run", " ".join(fault.message for fault in faults), faults=tuple(faults))


def query_refused() -> Problem:
    """422 for words that OpenSearch does not take, although our own limits let them pass."""
    return bad_parameters([Fault("q", "refused", "The index does not take this query.", "Search for fewer or simpler words.")])


def unknown_article() -> Problem:
    """404 for an article that is not there, or not to be shown."""
    return Problem(404, "unknown_article", "No such article", f"There is no article with this id. {ID_HINT}")


def taken_down(article: TakenDown) -> Problem:
    """410 with what is known of the takedown."""
    detail = f"The article was taken down at {article.since}" + (f": {article.reason}" if article.reason else ".")
    return Problem(410, "taken_down", "The article was taken down", detail, since=article.since, reason=article.reason)


def malformed_receipt() -> Problem:
    """422 for what no answer of ingest looks like."""
    detail = "A receipt is article_id.revision.entry_id, as the answer to a push names it."
    return Problem(422, "malformed_receipt", "That is no receipt", detail)


def bad_wait(faults: Sequence[Fault]) -> Problem:
    """422 for a wait that cannot be."""
    detail = " ".join(fault.message for fault in faults)
    return Problem(422, "bad_parameters", "The receipt cannot be looked up", detail, faults=tuple(faults))


def unknown_receipt() -> Problem:
    """404 for a receipt under which nothing was accepted, as far as can be known."""
    detail = (
        "Neither the streams nor the dead letters, the archive and the index know it. Nothing was accepted under it, "
        "or a dead letter of it was purged before the article was archived."
    )
    return Problem(404, "unknown_receipt", "No such receipt", detail)


def nothing_known(reason: str) -> Problem:
    """503 while the streams, where the article may be, cannot be asked."""
    return Problem(
        503, "streams_unavailable", "Nothing is known yet", f"{reason} Index and archive do not have it. Repeat in {RETRY_AFTER_S} seconds."
    )


def index_unavailable() -> Problem:
    """503 while OpenSearch cannot answer."""
    return Problem(
        503, "index_unavailable", "The index cannot answer now", f"Nothing is wrong with the request. Repeat it in {RETRY_AFTER_S} seconds."
    )


def not_found() -> Problem:
    """404 for a path that is none of ours."""
    return Problem(
        404, "not_found", "Nothing is here", "This service has /, /v1/search, /v1/articles/{article_id} and /v1/receipts/{receipt}."
    )


def method_not_allowed() -> Problem:
    """405; this service only reads."""
    return Problem(
        405, "method_not_allowed", "Only GET and HEAD are allowed", "This service reads. Articles are pushed to the ingest service."
    )


def internal_error() -> Problem:
    """500; the log has more."""
    return Problem(500, "internal_error", "The service failed", "The failure was logged. It is not the fault of the request.")
