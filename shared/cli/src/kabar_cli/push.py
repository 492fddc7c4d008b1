"""`kabar push`: articles from files or standard input to ingest."""

import json
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import httpx
import typer

from kabar_cli.exits import Exit, err, failure
from kabar_cli.services_client import client, failed, problem_text

LINES_A_REQUEST = 1_000
BYTES_A_REQUEST = 16 * 1024 * 1024


class Format(StrEnum):
    """What a file holds."""

    AUTO = "auto"
    NDJSON = "ndjson"
    JSON = "json"
    HTML = "html"
    TEXT = "text"


FORMAT_OF_SUFFIX = {
    ".ndjson": Format.NDJSON,
    ".jsonl": Format.NDJSON,
    ".json": Format.JSON,
    ".html": Format.HTML,
    ".htm": Format.HTML,
    ".txt": Format.TEXT,
}
MEDIA_TYPE = {Format.JSON: "application/json", Format.HTML: "text/html", Format.TEXT: "text/plain; charset=utf-8"}


def push(
    files: Annotated[list[str], typer.Argument(help="Files to push; - reads standard input.", metavar="FILES|-")],
    *,
    form: Annotated[Format, typer.Option("--format", help="What the files hold; auto goes by their ending.")] = Format.AUTO,
    url: Annotated[str | None, typer.Option(help="Address of the page, for HTML and text.")] = None,
    source: Annotated[str | None, typer.Option(help="The publication, for HTML and text.")] = None,
    backfill: Annotated[bool, typer.Option("--backfill", help="Into the lane that waits while live articles are behind.")] = False,
) -> None:
    """Push raw articles. Prints one answer a line as JSON; exit code 3 when some were refused."""
    given = {"url": url, "source": source, "lane": "backfill" if backfill else None}
    parameters = {name: value for name, value in given.items() if value}
    accepted = refused = 0
    with client("ingest") as http:
        for name in files:
            for answer in _answers(http, name, form=form, parameters=parameters):
                sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
                accepted += "receipt" in answer
                refused += "receipt" not in answer
    err.print(f"{accepted} accepted, {refused} refused")
    if refused:
        raise typer.Exit(Exit.PARTIAL if accepted else Exit.UNEXPECTED)


def _answers(http: httpx.Client, name: str, *, form: Format, parameters: dict[str, str]) -> Iterator[dict[str, Any]]:
    form = _form_of(name) if form is Format.AUTO else form
    with _opened(name) as stream:
        if form is Format.NDJSON:
            for batch in _batches(stream):
                response = http.post("/v1/articles", content=batch, headers={"content-type": "application/x-ndjson"}, params=parameters)
                if not response.headers.get("content-type", "").startswith("application/x-ndjson"):
                    failed(response)
                yield from map(json.loads, response.text.splitlines())
            return
        response = http.post("/v1/articles", content=stream.read(), headers={"content-type": MEDIA_TYPE[form]}, params=parameters)
    if response.status_code >= 500:  # noqa: PLR2004  # the service is away: no use in sending the rest
        failed(response)
    if not response.is_success:
        err.print(f"{name}: {problem_text(response)}", markup=False)
    yield response.json()


def _form_of(name: str) -> Format:
    return FORMAT_OF_SUFFIX.get(Path(name).suffix.lower(), Format.NDJSON if name == "-" else Format.TEXT)


def _opened(name: str) -> BinaryIO:
    if name == "-":
        return sys.stdin.buffer
    try:
        return Path(name).open("rb")
    except OSError as error:
        raise failure(Exit.USAGE, f"{name}: {error.strerror}") from error


def _batches(stream: BinaryIO) -> Iterator[bytes]:
    """Whole lines, as many as go into one request."""
    lines: list[bytes] = []
    size = 0
    for line in stream:
        if lines and (len(lines) >= LINES_A_REQUEST or size + len(line) > BYTES_A_REQUEST):
            yield b"".join(lines)
            lines, size = [], 0
        lines.append(line)
        size += len(line)
    if lines:
        yield b"".join(lines)
