"""The OpenAPI description: paths by hand, schemas from the contracts and from the answers."""

from typing import Any, Final

from kabar_contracts import limits
from kabar_contracts.raw import RawArticle
from kabar_contracts.streams import Lane
from pydantic import TypeAdapter
from pydantic.json_schema import models_json_schema

from kabar_ingest.answers import Accepted, LineAccepted, LineRefused, ProblemDetails
from kabar_ingest.articles import ASSIGNED, PRODUCER_FIELDS
from kabar_ingest.settings import Settings, variable

_REF: Final = "#/components/schemas/{model}"
_EXAMPLE: Final = {
    "url": "https://example.com/2025/03/harbour-reopens",
    "title": "Harbour reopens after the storm",
    "body": "The harbour reopened on Friday morning.\n\nFishing boats left before dawn.",
    "language": "en",
    "published_at": "2025-03-14T09:30:00+07:00",
}


def openapi(settings: Settings) -> dict[str, Any]:
    """The description as an OpenAPI 3.1 document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Kabar ingest", "version": "1", "description": _description(settings)},
        "paths": {
            "/v1/articles": {"post": _post_articles()},
            "/v1/articles/{source}/{native_id}": {"parameters": _place(), "put": _put_article(), "delete": _delete_article()},
            "/v1/takedowns": {"post": _post_takedown()},
            "/livez": {"get": _probe("Whether the process works", "The task that writes to Redis runs.")},
            "/readyz": {"get": _probe("Whether articles can be taken", "Redis answers and all groups exist.")},
        },
        "components": {"schemas": _schemas(), "responses": _responses()},
    }


def _description(settings: Settings) -> str:
    return f"""\
Takes articles. 202 means that Redis has the article; from then on it is not lost.

Send an article again whenever you are not sure: the same article twice is one article. A correction is the same article with a
later `updated_at`, or with none.

Limits: {settings.article_bytes:,} bytes an article (`{variable("article_bytes")}`), {settings.request_bytes:,} bytes a request as it is
received (`{variable("request_bytes")}`), {settings.batch_bytes:,} bytes (`{variable("batch_bytes")}`) and {settings.batch_lines:,} lines
(`{variable("batch_lines")}`) a batch, {limits.PAGE_BYTES:,} bytes an HTML page, {limits.JSON_DEPTH} levels of JSON.
`Content-Encoding` may be `gzip` or `zstd`."""


_PUSH: Final = """\
JSON is one article; the smallest has `url`, `title` and `body`. `html` may stand in place of `body` and `title`. An article without a
URL needs `source`, and should have `native_id`. `status: canceled` takes the article down.

NDJSON is many, one a line. The answer is NDJSON with one line for each, in order; blank lines count and get no answer. The status of the
whole answer: 202 every line accepted · 207 some refused, look at each `status` · 422 every line refused. A batch that cannot be read
or written to its end is answered with a problem, whose `lines` are the answers until there.

HTML is one page in its bytes: `url` or the header `Content-Location` says which. Send the page's own headers as headers; they are kept.
Plain text is all the visible text of a page."""


def _post_articles() -> dict[str, Any]:
    return {
        "operationId": "postArticles",
        "summary": "Push one article, or many",
        "description": _PUSH,
        "parameters": [
            _lane(),
            _query("url", "The address of the page (HTML and plain text only)."),
            _query("source", "The publication (HTML and plain text only); else the host of `url` without `www.`"),
            _traceparent(),
        ],
        "requestBody": {"required": True, "content": {**_article_content(), "application/x-ndjson": {"schema": _ref("Article")}}},
        "responses": {
            "202": _accepted(batch=_ref("LineAccepted")),
            "207": {
                "description": "Some lines of a batch were refused.",
                "content": {"application/x-ndjson": {"schema": {"oneOf": [_ref("LineAccepted"), _ref("LineRefused")]}}},
            },
            **_problems("400", "408", "413", "415", "422", "503"),
        },
    }


def _put_article() -> dict[str, Any]:
    return {
        "operationId": "putArticle",
        "summary": "Push one article under your own id",
        "description": "The same as a push with `source` and `native_id` in the body. `url` may be left out.",
        "parameters": [_lane(), _traceparent()],
        "requestBody": {"required": True, "content": _article_content()},
        "responses": {"202": _accepted(), **_problems("400", "408", "413", "415", "422", "503")},
    }


def _delete_article() -> dict[str, Any]:
    return {
        "operationId": "deleteArticle",
        "summary": "Take an article down",
        "description": (
            "The article that was pushed with this `source` and `native_id` is hidden and its text removed. "
            "It wins over everything accepted before it; a later push brings the article back."
        ),
        "parameters": [_query("reason", "Why; it is kept."), _lane(), _traceparent()],
        "requestBody": {
            "required": False,
            "content": {"application/json": {"schema": {"type": "object", "properties": {"reason": {"type": "string"}}}}},
        },
        "responses": {"202": _accepted(), **_problems("400", "413", "415", "422", "503")},
    }


def _post_takedown() -> dict[str, Any]:
    return {
        "operationId": "postTakedown",
        "summary": "Take an article down by its URL",
        "description": "For articles that were pushed with a URL and without `native_id`. `source` is needed if the push named one.",
        "parameters": [_lane(), _traceparent()],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": _ref("Takedown"),
                    "example": {"url": _EXAMPLE["url"], "reason": "The court decided so."},
                }
            },
        },
        "responses": {"202": _accepted(), **_problems("400", "413", "415", "422", "503")},
    }


def _probe(summary: str, description: str) -> dict[str, Any]:
    return {"summary": summary, "responses": {"200": {"description": description}, **_problems("503")}}


def _article_content() -> dict[str, Any]:
    return {
        "application/json": {"schema": _ref("Article"), "example": _EXAMPLE},
        "text/html": {"schema": {"type": "string", "contentEncoding": "binary", "description": "A page in its bytes."}},
        "text/plain": {"schema": {"type": "string", "description": "All the visible text of a page."}},
    }


def _accepted(*, batch: dict[str, Any] | None = None) -> dict[str, Any]:
    content = {"application/json": {"schema": _ref("Accepted")}}
    if batch is not None:
        content["application/x-ndjson"] = {"schema": batch}
    headers = {"Location": {"description": "Where the read side tells how far it is.", "schema": {"type": "string"}}}
    return {"description": "Redis has it.", "headers": headers, "content": content}


_PROBLEMS: Final = {
    "400": "The body cannot be read.",
    "408": "The body came too slowly.",
    "413": "The body, an article or a page is too large.",
    "415": "Media type, charset or content coding is not supported.",
    "422": "The request can be read and is not valid; `errors` holds every fault.",
    "503": "The queue does not take articles now: repeat after `Retry-After` seconds.",
}


def _responses() -> dict[str, Any]:
    content = {"application/problem+json": {"schema": _ref("ProblemDetails")}}
    return {f"Problem{status}": {"description": text, "content": content} for status, text in _PROBLEMS.items()}


def _problems(*statuses: str) -> dict[str, Any]:
    return {status: {"$ref": f"#/components/responses/Problem{status}"} for status in statuses}


def _place() -> list[dict[str, Any]]:
    texts = {"source": "The publication.", "native_id": "Your own id of the article; slashes may stand in it."}
    return [
        {"name": name, "in": "path", "required": True, "description": text, "schema": {"type": "string"}} for name, text in texts.items()
    ]


def _query(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": {"type": "string"}}


def _lane() -> dict[str, Any]:
    lanes = {"type": "string", "enum": [lane.value for lane in Lane], "default": Lane.LIVE.value}
    return {**_query("lane", "`live` goes first, `backfill` waits while live lags."), "schema": lanes}


def _traceparent() -> dict[str, Any]:
    text = "W3C trace context; it goes on with the article. Without one a trace begins here."
    return {"name": "traceparent", "in": "header", "required": False, "description": text, "schema": {"type": "string"}}


def _ref(model: str) -> dict[str, Any]:
    return {"$ref": _REF.format(model=model)}


def _schemas() -> dict[str, Any]:
    models = [(model, "serialization") for model in (Accepted, LineAccepted, LineRefused, ProblemDetails)]
    _, top = models_json_schema(models, ref_template=_REF)  # type: ignore[arg-type]  # the list is invariant in its model type
    raw = TypeAdapter(RawArticle).json_schema(ref_template=_REF)
    return {**raw["$defs"], **top["$defs"], "Article": _article_schema(raw), "Takedown": _takedown_schema(raw)}


def _article_schema(raw: dict[str, Any]) -> dict[str, Any]:
    properties = {name: schema for name, schema in raw["properties"].items() if name in PRODUCER_FIELDS}
    properties["content_form"] = {
        "enum": ["article", "page_dump", "html"],
        "description": "`page_dump` says that `body` is all the visible text of a page. The other two follow from the fields.",
    }
    return {
        "type": "object",
        "description": (
            "An article as a producer sends it. Null is the same as a field left out. Other fields are kept in `extra`, also those that "
            f"are filled in here ({', '.join(sorted(ASSIGNED))})."
        ),
        "properties": properties,
        "additionalProperties": True,
    }


def _takedown_schema(raw: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: raw["properties"][name] for name in ("url", "source", "reason")},
        "required": ["url", "reason"],
        "additionalProperties": False,
    }
