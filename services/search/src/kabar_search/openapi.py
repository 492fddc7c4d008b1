"""The OpenAPI document, made from the same table that parsing uses."""

from functools import cache
from typing import Any

from kabar_search.parameter_table import PARAMETERS, Parameter
from kabar_search.problems import MEDIA_TYPE
from kabar_search.queries import RESULT_FIELDS
from kabar_search.receipts import LONGEST_WAIT_S, Stage

Json = dict[str, Any]


@cache
def openapi_document() -> Json:
    """OpenAPI 3.1 of the addresses for programs."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Kabar search",
            "version": "1",
            "description": "Finds news articles, with what each says about the use of AI in making it. Read only.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": {
            "/v1/search": {"get": _search_operation()},
            "/v1/articles/{article_id}": {"get": _article_operation()},
            "/v1/receipts/{receipt}": {"get": _receipt_operation()},
            "/livez": {
                "get": {
                    "operationId": "tellAlive",
                    "summary": "Whether the process answers",
                    "responses": {"200": {"description": "It does."}},
                }
            },
            "/readyz": {
                "get": {
                    "operationId": "tellReady",
                    "summary": "Whether searches can be answered",
                    "responses": {
                        "200": {"description": "They can."},
                        "503": {"description": "OpenSearch does not answer, or has no alias."},
                    },
                }
            },
        },
        "components": {"schemas": {"Answer": _answer_schema(), "Standing": _standing_schema(), "Problem": _problem_schema()}},
    }


def _search_operation() -> Json:
    return {
        "operationId": "searchArticles",
        "summary": "Search the articles",
        "description": "Unknown parameters are named in `warnings`. No match is an answer with `total` 0.",
        "parameters": [_parameter(parameter) for parameter in PARAMETERS],
        "responses": {
            "200": {
                "description": "One page of results.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Answer"}}},
            },
            "422": _problem("Parameters that cannot be run; `errors` names all of them."),
            "503": _problem("The index cannot answer now; `Retry-After` says when to repeat."),
        },
    }


def _parameter(parameter: Parameter) -> Json:
    others = (*parameter.aliases, *(f"{name} (excludes)" for name in parameter.excluding_aliases))
    also = f" Also accepted as {', '.join(others)}." if others else ""
    return {
        "name": parameter.name,
        "in": "query",
        "description": parameter.description + also,
        "schema": parameter.schema,
        "example": parameter.example,
        **({"style": "form", "explode": False} if parameter.takes_list else {}),
    }


def _article_operation() -> Json:
    return {
        "operationId": "showArticle",
        "summary": "One article, whole",
        "parameters": [
            {
                "name": "article_id",
                "in": "path",
                "required": True,
                "description": "As results name it.",
                "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
            }
        ],
        "responses": {
            "200": {"description": "The enriched article.", "content": {"application/json": {"schema": {"type": "object"}}}},
            "404": _problem("No such article, or it is withheld."),
            "410": _problem("The article was taken down; `since` and `reason` say when and, where known, why."),
            "503": _problem("The index cannot answer now; `Retry-After` says when to repeat."),
        },
    }


def _receipt_operation() -> Json:
    return {
        "operationId": "showReceipt",
        "summary": "What has become of an accepted article",
        "description": "Derived when it is asked for. `searchable` means that a search was run and found this revision.",
        "parameters": [
            {
                "name": "receipt",
                "in": "path",
                "required": True,
                "description": "As the answer to a push names it: article_id.revision.entry_id.",
                "schema": {"type": "string", "pattern": "^[0-9a-f]{32}\\.[0-9]{1,16}\\.[0-9]{1,15}-[0-9]{1,19}$"},
            },
            {
                "name": "wait",
                "in": "query",
                "description": f"Wait so long for a final stage, at most {LONGEST_WAIT_S:.0f}s. Many waiting at once are answered early.",
                "schema": {"type": "string", "pattern": "^[0-9]{1,6}(ms|s)$"},
                "example": "5s",
            },
        ],
        "responses": {
            "200": {
                "description": "Where it is now.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Standing"}}},
            },
            "404": _problem("Nothing was accepted under this receipt, as far as can be known."),
            "422": _problem("That is no receipt, or no wait."),
            "503": _problem("The index cannot answer, or the streams cannot be asked and the index does not have the article yet."),
        },
    }


def _standing_schema() -> Json:
    text, moment = {"type": "string"}, {"type": ["string", "null"], "format": "date-time"}
    return {
        "type": "object",
        "required": ["receipt", "article_id", "revision", "entry_id", "stage", "final", "accepted_at", "incomplete"],
        "properties": {
            **dict.fromkeys(("receipt", "article_id", "entry_id"), text),
            "revision": {"type": "integer"},
            "stage": {"type": "string", "enum": [stage.value for stage in Stage]},
            "final": {"type": "boolean", "description": "Nothing more will happen by itself."},
            "status": {"type": ["string", "null"], "description": "Of the document in the index: usable, withheld or canceled."},
            "superseded_by": {"type": ["integer", "null"], "description": "The newer revision that is in the index."},
            **dict.fromkeys(("accepted_at", "archived_at", "enriched_at", "indexed_at", "dead_lettered_at"), moment),
            "dead_letter": {"type": ["object", "null"], "description": "letter_id, stage, reason, detail, attempts, replayed."},
            "incomplete": {
                "type": "boolean",
                "description": "More could be told if Redis could be asked; `incomplete_reason` says why not.",
            },
            "incomplete_reason": {"type": ["string", "null"]},
            "problem": {"type": ["string", "null"], "description": "What a person should look at."},
        },
    }


def _problem(description: str) -> Json:
    return {"description": description, "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}


def _answer_schema() -> Json:
    texts = {"type": "array", "items": {"type": "string"}}
    return {
        "type": "object",
        "required": ["total", "took_ms", "page", "page_size", "sort", "results", "facets", "warnings"],
        "properties": {
            "total": {"type": "integer", "description": "All articles that match, exactly."},
            "took_ms": {"type": "integer"},
            "page": {"type": "integer"},
            "page_size": {"type": "integer"},
            "sort": {"type": "string"},
            "results": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        **{name: {"description": "As in the article."} for name in RESULT_FIELDS},
                        "opening": {
                            "type": ["string", "null"],
                            "description": "The beginning of the body, where no word of the query is in it.",
                        },
                        "highlights": {
                            "type": "object",
                            "description": "Escaped HTML; the only element is <mark>.",
                            "properties": {"title": texts, "lead": texts, "body": texts},
                        },
                        "ai_disclosure": {
                            "type": ["object", "null"],
                            "description": "The summary, and the sentences it rests on. Absence of a statement never means made by people.",
                            "properties": {"summary": {"type": "object"}, "evidence": {"type": "array", "items": {"type": "object"}}},
                        },
                    },
                },
            },
            "facets": {
                "type": "object",
                "description": "Counts of a facet ignore that facet's own filter.",
                "additionalProperties": {
                    "type": "array",
                    "items": {"type": "object", "properties": {"value": {"type": "string"}, "count": {"type": "integer"}}},
                },
            },
            "warnings": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"code": {"type": "string"}, "message": {"type": "string"}, "parameter": {"type": ["string", "null"]}},
                },
            },
        },
    }


def _problem_schema() -> Json:
    text = {"type": "string"}
    return {
        "type": "object",
        "description": "RFC 9457 problem details.",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": text,
            "title": text,
            "status": {"type": "integer"},
            "detail": text,
            "errors": {
                "type": "array",
                "items": {"type": "object", "properties": dict.fromkeys(("parameter", "code", "message", "hint"), text)},
            },
        },
    }
