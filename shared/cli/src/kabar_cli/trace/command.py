"""`kabar trace`: the way of one article through streams, archive, index and dead letters."""

import asyncio
import json
import re
import sys
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from kabar_cli.exits import Exit, failure
from kabar_cli.opensearch_session import opensearch_at
from kabar_cli.services_client import address_of

if TYPE_CHECKING:
    from kabar_cli.trace.way import Way

out = Console(highlight=False, soft_wrap=True)
SCAN = 10_000
_ARTICLE_ID = re.compile(r"([0-9a-f]{32})(?:\..*)?")


def trace(
    article_id: Annotated[str, typer.Argument(help="32 hex characters, or a receipt, which begins with them.")],
    *,
    scan: Annotated[int, typer.Option(min=0, max=10_000_000, help="Entries of each stream to read, the newest first.")] = SCAN,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show the way of one article, with times. Exit code 4 when nothing is known of it. Changes nothing."""
    from opensearchpy.exceptions import OpenSearchException  # noqa: PLC0415  # only this command and audit need the clients
    from redis.exceptions import RedisError  # noqa: PLC0415

    given = _ARTICLE_ID.fullmatch(article_id.strip())
    if given is None:
        raise failure(Exit.USAGE, f"{article_id[:80]!r} is no article id: those are 32 characters, 0 to 9 and a to f.")
    try:
        way = asyncio.run(traced(given[1], address_of("redis"), address_of("opensearch"), scan=scan))
    except RedisError as error:
        raise failure(Exit.UNAVAILABLE, f"Redis: {error}. `kabar status` shows what runs.") from error
    except OpenSearchException as error:
        raise failure(Exit.UNAVAILABLE, f"OpenSearch: {error}. `kabar status` shows what runs.") from error
    if as_json:
        sys.stdout.write(json.dumps(way.as_json(), ensure_ascii=False) + "\n")
    else:
        _print(way)
    if not way.is_known:
        raise typer.Exit(Exit.NOTHING_FOUND)


async def traced(article_id: str, redis_url: str, opensearch_url: str, *, scan: int) -> "Way":
    """The way of this article on these servers. Raises redis.exceptions.RedisError and OpenSearchException."""
    from kabar_chassis import redis_client  # noqa: PLC0415

    from kabar_cli.trace.search import way_of  # noqa: PLC0415

    async with redis_client.connect(redis_url) as redis, opensearch_at(opensearch_url) as client:
        return await way_of(article_id, redis=redis, client=client, scan=scan)


def _print(way: "Way") -> None:
    from kabar_cli.trace.way import now_lines, timeline  # noqa: PLC0415

    if way.is_known:
        for at, what in timeline(way):
            out.print(f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d}Z  {what}", markup=False)
        out.print("\nNow:", style="bold")
        for line in now_lines(way):
            out.print(f"  {line}", markup=False)
    else:
        out.print(f"Nothing is known of {way.article_id}.", markup=False)
    for note in way.notes:
        out.print(f"note: {note}", style="yellow", markup=False)
