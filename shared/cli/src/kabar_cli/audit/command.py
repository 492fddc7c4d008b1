"""`kabar audit`: whether everything that was accepted is where it should be."""

import asyncio
import json
import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from kabar_cli.exits import Exit, err, failure
from kabar_cli.opensearch_session import opensearch_at
from kabar_cli.services_client import address_of

if TYPE_CHECKING:
    from kabar_cli.audit.run import Report

out = Console(highlight=False, soft_wrap=True)
SAMPLE = 200


def audit(
    *,
    deep: Annotated[bool, typer.Option("--deep", help="Hash every original in the archive, not a sample.")] = False,
    sample: Annotated[int, typer.Option(min=0, max=1_000_000, help="How many originals to hash.")] = SAMPLE,
    pause: Annotated[float, typer.Option(min=0, max=600, help="Seconds before suspects are looked at once more.")] = 3.0,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Compare what was accepted with the index, the dead letters and what is on its way. Exit code 3 when it does not add up.

    Runs on a living system and changes nothing.
    """
    from opensearchpy.exceptions import OpenSearchException  # noqa: PLC0415  # only this command and trace need the clients
    from redis.exceptions import RedisError  # noqa: PLC0415

    begun = time.monotonic()
    try:
        report = asyncio.run(audited(address_of("redis"), address_of("opensearch"), sample=None if deep else sample, pause_s=pause))
    except RedisError as error:
        raise failure(Exit.UNAVAILABLE, f"Redis: {error}. `kabar status` shows what runs.") from error
    except OpenSearchException as error:
        raise failure(Exit.UNAVAILABLE, f"OpenSearch: {error}. `kabar status` shows what runs.") from error
    took_s = time.monotonic() - begun
    if as_json:
        sys.stdout.write(json.dumps({**report.as_json(), "took_s": round(took_s, 1)}) + "\n")
    else:
        _print(report, took_s=took_s)
    if not report.adds_up:
        raise typer.Exit(Exit.PARTIAL)


async def audited(redis_url: str, opensearch_url: str, *, sample: int | None, pause_s: float) -> "Report":
    """The report of an audit of these servers. Raises redis.exceptions.RedisError and OpenSearchException."""
    from kabar_chassis import redis_client  # noqa: PLC0415

    from kabar_cli.audit.run import Audit  # noqa: PLC0415

    async with redis_client.connect(redis_url) as redis, opensearch_at(opensearch_url) as client:
        return await Audit(
            redis=redis,
            client=client,
            sleep=asyncio.sleep,
            sample=sample,
            pause_s=pause_s,
            tell=lambda line: err.print(line, markup=False),
        ).run()


def _print(report: "Report", *, took_s: float) -> None:
    from kabar_cli.audit.accounts import MEANING, Fate  # noqa: PLC0415

    table = Table("accepted revisions", str(report.accepted), box=None)
    for fate in Fate:
        table.add_row(fate.value, str(report.fates[fate]))
    table.add_row("documents in the index", str(report.documents))
    table.add_row("originals hashed", str(report.originals_checked))
    out.print(table)
    for finding in report.findings:
        revision = "" if finding.revision is None else f" revision {finding.revision}"
        detail = f" ({finding.detail})" if finding.detail else ""
        out.print(f"\n{finding.wrong.value}: {finding.article_id}{revision}", style="bold red", markup=False)
        out.print(f"  {MEANING[finding.wrong]}{detail}", markup=False)
        out.print(f"  {finding.help}", style="dim", markup=False)
    if report.not_named:
        out.print(f"\n{report.not_named} more are suspect and not named; mend these and run it again.", style="bold red")
    verdict = "It adds up." if report.adds_up else f"It does not add up: {len(report.findings)} findings."
    out.print(f"\n{verdict} {took_s:.1f} s", style="bold green" if report.adds_up else "bold red")
