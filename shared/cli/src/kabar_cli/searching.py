"""`kabar search` and `kabar show`."""

import html
import json
import re
import sys
from typing import Annotated, Any

import typer
from rich.console import Console

from kabar_cli.exits import Exit
from kabar_cli.services_client import client, failed

out = Console(highlight=False, soft_wrap=True)
UNTOLD = ("none_found", "not_assessed")
"""Statuses that say nothing about the article."""
_MARK = re.compile(r"</?mark>")


def search(  # noqa: PLR0913  # one parameter an option
    query: Annotated[str, typer.Argument(help='Words, "a phrase", +must, -not, prefix*.')] = "",
    *,
    language: Annotated[list[str] | None, typer.Option(help="Language, for example id; !id excludes.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Publication, for example warta.example.")] = None,
    ai: Annotated[list[str] | None, typer.Option(help="disclosed, denied, mixed, ambiguous, none_found, not_assessed.")] = None,
    since: Annotated[str | None, typer.Option("--from", help="Date, date-time, or -7d.")] = None,
    until: Annotated[str | None, typer.Option("--to", help="Date, date-time, or -7d.")] = None,
    sort: Annotated[str | None, typer.Option(help="relevance, newest, oldest.")] = None,
    page: Annotated[int, typer.Option(min=1)] = 1,
    page_size: Annotated[int, typer.Option(min=1, max=100)] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="The whole answer as JSON.")] = False,
) -> None:
    """Search the articles. Exit code 4 when nothing is found."""
    parameters: dict[str, Any] = {"q": query, "page_size": page_size, "page": page, "from": since, "to": until, "sort": sort}
    parameters |= {"language": language, "source": source, "ai": ai}
    with client("search") as http:
        response = http.get("/v1/search", params={name: value for name, value in parameters.items() if value})
    failed(response)
    answer = response.json()
    if as_json:
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    else:
        _print_answer(answer)
    if not answer["results"]:
        raise typer.Exit(Exit.NOTHING_FOUND)


def _print_answer(answer: dict[str, Any]) -> None:
    out.print(f"{answer['total']} found", style="dim")
    for hit in answer["results"]:
        when = (hit.get("published_at") or hit.get("received_at") or "")[:10]
        out.print(f"\n[bold]{_plain(hit['title'] or '(no title)')}[/bold]")
        out.print(f"{hit['source']}  {when}  {hit['language']}  {hit['article_id']}", style="dim", markup=False)
        for fragment in (hit.get("highlights") or {}).get("body", [])[:1]:
            out.print(f"  … {html.unescape(_MARK.sub('', fragment))} …", markup=False)
        record = hit.get("ai_disclosure") or {}
        status = record.get("summary", {}).get("status", "not_assessed")
        if status not in UNTOLD:
            sentences = " ".join(f"«{piece['exact']}»" for piece in record["evidence"])
            out.print(f"  AI: {status} {sentences}".rstrip(), style="yellow", markup=False)
    for warning in answer["warnings"]:
        out.print(f"note: {warning['message']}", style="yellow", markup=False)


def _plain(text: str) -> str:
    return text.replace("[", r"\[")


def show(article_id: Annotated[str, typer.Argument(help="32 hex characters, from an answer of push or search.")]) -> None:
    """One whole article as JSON. Exit code 4 when there is none, or it was taken down."""
    with client("search") as http:
        response = http.get(f"/v1/articles/{article_id}")
    failed(response)
    sys.stdout.write(json.dumps(response.json(), ensure_ascii=False, indent=2) + "\n")
