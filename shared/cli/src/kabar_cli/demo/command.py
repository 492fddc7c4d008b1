"""`kabar demo`: one sample article on its whole way, through a system that runs."""

import time
from importlib.resources import files
from typing import Any, Final

import httpx
from rich.console import Console

from kabar_cli.exits import Exit, failure
from kabar_cli.services_client import address_of

DEMO_TIMEOUT_S: Final = 60.0
DEMO_QUERY: Final = "kereta ringan"

out = Console(highlight=False, soft_wrap=True)


def demo() -> None:
    """Push the sample article, wait until a search finds it, and print the hit."""
    ingest, search = address_of("ingest"), address_of("search")
    try:
        go_the_whole_way(ingest=ingest, search=search)
    except httpx.HTTPStatusError as error:
        raise failure(Exit.UNEXPECTED, f"ingest at {ingest} refused the sample: {error.response.text[:500]}") from error
    except httpx.TransportError as error:
        raise failure(Exit.UNAVAILABLE, f"ingest at {ingest} or search at {search} cannot be reached: {error}") from error


def go_the_whole_way(*, ingest: str, search: str) -> None:
    """Push the sample to `ingest`, wait for it in `search`, and print what was found. Raises httpx.HTTPError."""
    page = files("kabar_cli.demo").joinpath("page-dump.txt").read_bytes()
    with httpx.Client(timeout=10) as http:
        pushed = http.post(
            f"{ingest}/v1/articles",
            params={"source": "wartacontoh.example", "url": "https://wartacontoh.example/kereta-malam"},
            content=page,
            headers={"content-type": "text/plain; charset=utf-8"},
        )
        pushed.raise_for_status()
        hit = _first_hit(http, search, pushed.json())
    record = hit["ai_disclosure"]
    out.print("\nThe demo article went the whole way:")
    out.print(f"  {hit['title']}", style="bold", markup=False)
    out.print(f"  {hit['source']}, {', '.join(hit['authors']) or 'no author'}, language {hit['language']}", markup=False)
    out.print(f"  on AI: {record['summary']['status']}", markup=False)
    for piece in record["evidence"]:
        out.print(f"         «{piece['exact']}»", markup=False)


def _first_hit(http: httpx.Client, search: str, accepted: dict[str, Any]) -> dict[str, Any]:
    deadline = time.monotonic() + DEMO_TIMEOUT_S
    while time.monotonic() < deadline:
        answer = http.get(f"{search}/v1/search", params={"q": DEMO_QUERY})
        for hit in answer.json().get("results", []) if answer.is_success else ():
            if hit["article_id"] == accepted["article_id"] and hit["revision"] >= accepted["revision"]:
                return dict(hit)
        time.sleep(0.2)
    raise failure(Exit.UNAVAILABLE, f"The demo article was accepted but is not found after {DEMO_TIMEOUT_S:.0f} s; see the workers' logs.")
