"""`/openapi.json`, and `/docs`: the same as one page that needs nothing from elsewhere."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from kabar_ingest.openapi import openapi
from kabar_ingest.settings import Settings

_STYLE: Final = """
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:60rem;margin:2rem auto;padding:0 1rem}
h2{margin-top:2.5rem;border-top:1px solid;padding-top:1rem}
code,pre{font:.9em ui-monospace,monospace}
pre{overflow-x:auto;padding:.75rem;border:1px solid}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;border-bottom:1px solid #8885}
""".strip()


def documentation_routes(settings: Settings) -> list[Route]:
    """The routes of the documentation. Both texts are made once."""
    description = openapi(settings)
    as_json = orjson.dumps(description, option=orjson.OPT_INDENT_2)
    as_page = "".join(_page(description))

    async def serve_json(_request: Request) -> Response:
        return Response(as_json, media_type="application/json")

    async def serve_page(_request: Request) -> Response:
        return HTMLResponse(as_page, headers={"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'"})

    async def serve_root(_request: Request) -> Response:
        return RedirectResponse("/docs")

    return [Route("/openapi.json", serve_json), Route("/docs", serve_page), Route("/", serve_root)]


def _page(description: dict[str, Any]) -> Iterator[str]:
    info = description["info"]
    yield f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(info["title"])}</title>'
    yield f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body><main><h1>{escape(info["title"])}</h1>'
    yield _paragraphs(info["description"])
    yield '<p>For programs: <a href="/openapi.json">openapi.json</a></p>'
    yield f"<pre>{escape(_CURL)}</pre>"
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            if method != "parameters":
                yield from _operation(f"{method.upper()} {path}", operation, shared=operations.get("parameters", []))
    yield "<h2>Schemas</h2>"
    for name, schema in description["components"]["schemas"].items():
        yield from _schema(name, schema)
    yield "</main></body></html>"


_CURL: Final = """\
curl -i http://127.0.0.1:8081/v1/articles -H 'Content-Type: application/json' -d '{
  "url": "https://example.com/2025/03/harbour-reopens",
  "title": "Harbour reopens after the storm",
  "body": "The harbour reopened on Friday morning."
}'"""


def _operation(title: str, operation: dict[str, Any], *, shared: list[dict[str, Any]]) -> Iterator[str]:
    yield f"<h2><code>{escape(title)}</code></h2><p><strong>{escape(operation['summary'])}</strong></p>"
    yield _paragraphs(operation.get("description", ""))
    parameters = [*shared, *operation.get("parameters", [])]
    if parameters:
        yield _table(("parameter", "in", ""), [(f"<code>{p['name']}</code>", p["in"], _text(p["description"])) for p in parameters])
    if body := operation.get("requestBody"):
        rows = [(f"<code>{kind}</code>", _type_of(content["schema"])) for kind, content in body["content"].items()]
        yield _table(("body", ""), rows)
    rows = []
    for status, response in operation["responses"].items():
        text = _text(response["description"]) if "description" in response else f"problem: see {_anchor('ProblemDetails')}"
        rows.append((status, text))
    yield _table(("answer", ""), rows)


def _schema(name: str, schema: dict[str, Any]) -> Iterator[str]:
    yield f'<h3 id="{escape(name)}">{escape(name)}</h3>'
    yield _paragraphs(schema.get("description", ""))
    if "enum" in schema:
        yield f"<p>{', '.join(f'<code>{escape(str(value))}</code>' for value in schema['enum'])}</p>"
    rows = [
        (f"<code>{escape(field)}</code>", _type_of(part), _text(part.get("description", "")))
        for field, part in schema.get("properties", {}).items()
    ]
    if rows:
        yield _table(("field", "type", ""), rows)


def _type_of(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return _anchor(schema["$ref"].rpartition("/")[2])
    for key in ("anyOf", "oneOf"):
        if key in schema and "type" not in schema:
            return " or ".join(_type_of(part) for part in schema[key])
    if schema.get("type") == "array":
        return f"list of {_type_of(schema.get('items', {}))}"
    if "enum" in schema:
        return " or ".join(f"<code>{escape(str(value))}</code>" for value in schema["enum"])
    limit = f", at most {schema['maxLength']:,} characters" if "maxLength" in schema else ""
    return escape(f"{schema.get('format') or schema.get('type') or 'any value'}{limit}")


def _anchor(name: str) -> str:
    return f'<a href="#{escape(name)}">{escape(name)}</a>'


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    heads = "".join(f"<th>{cell}</th>" for cell in head)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{_text(paragraph)}</p>" for paragraph in text.split("\n\n") if paragraph)


def _text(text: str) -> str:
    # Every second piece between backticks is code.
    return "".join(f"<code>{piece}</code>" if odd % 2 else piece for odd, piece in enumerate(escape(text, quote=False).split("`")))
