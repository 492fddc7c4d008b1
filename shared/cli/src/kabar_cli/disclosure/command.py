"""`kabar disclosure`: what is typed. What works on it is loaded when its command runs."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from kabar_cli.exits import Exit, err, failure
from kabar_cli.push import Format
from kabar_cli.services_client import address_of

disclosure_app = typer.Typer(no_args_is_help=True, help="What articles say about the use of AI in making them.")
out = Console(highlight=False, soft_wrap=True)

JsonOption = Annotated[bool, typer.Option("--json", help="As JSON, one line each.")]


@disclosure_app.command("explain")
def explain_command(
    files: Annotated[
        list[str] | None, typer.Argument(help="Files to read; - or nothing reads standard input.", metavar="[FILES|-]")
    ] = None,
    *,
    form: Annotated[Format, typer.Option("--format", help="What the files hold; auto looks at them.")] = Format.AUTO,
    url: Annotated[str | None, typer.Option(help="Address of the page, for HTML and text.")] = None,
    language: Annotated[str | None, typer.Option(help="Language of the texts; without it, it is detected.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Tell of each article what was found, by which rule, step by step, and of each near miss why it does not count.

    No server is needed. Exit code 3 when something could not be read.
    """
    from kabar_enrich.explaining import explanations  # noqa: PLC0415  # its libraries take long to load

    from kabar_cli.disclosure.display import explained  # noqa: PLC0415
    from kabar_cli.dlq.display import json_line  # noqa: PLC0415

    inputs = [None if name == "-" else Path(name) for name in files or ["-"]]
    for path in inputs:
        if path is not None and not path.is_file():
            raise failure(Exit.USAGE, f"{path}: no such file")
    failed = False
    for explanation in explanations(inputs, form=form.value, url=url, language=language, now=lambda: datetime.now(UTC)):
        failed |= explanation.problem is not None
        if as_json:
            sys.stdout.write(json_line(explanation.as_json()))
        elif explanation.problem is not None:
            err.print(f"{explanation.place}: {explanation.problem}", markup=False, style="bold red")
        else:
            out.print(explained(explanation))
    if failed:
        raise typer.Exit(Exit.PARTIAL)


@disclosure_app.command("rules")
def rules_command(
    language: Annotated[list[str] | None, typer.Option(help="Of this language only, for example id.")] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """List the rules: what each says of an article, where it must stand, and an example."""
    from kabar_enrich.disclosure.rulebook import languages, read_rulebook  # noqa: PLC0415

    from kabar_cli.disclosure.display import rule_json, rules_told  # noqa: PLC0415
    from kabar_cli.dlq.display import json_line  # noqa: PLC0415

    known = languages()
    for name in language or ():
        if name not in known:
            raise failure(Exit.USAGE, f"there are no rules for {name!r}; there are for {', '.join(known)}")
    for book in map(read_rulebook, language or known):
        if as_json:
            sys.stdout.writelines(json_line(rule_json(rule, language=book.language)) for rule in book.rules)
        else:
            out.print(rules_told(book))


@disclosure_app.command("remap")
def remap_command(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count what would change, and write nothing.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Look at records of this release's mapping, too.")] = False,
    pause: Annotated[float, typer.Option(min=0, max=60, help="Seconds after each hundred articles.")] = 0.0,
    as_json: JsonOption = False,
) -> None:
    """Derive summary and mapping of every record in the index anew from its assertions. No page is read again.

    Safe while Kabar runs, and to run twice; one that was cut off goes on where it stopped. Exit code 3 when something could not be done.
    """
    from kabar_index.remapping import RemapStoppedError  # noqa: PLC0415  # only this command needs the client
    from opensearchpy.exceptions import OpenSearchException  # noqa: PLC0415

    from kabar_cli.disclosure.remap import remap_told, remapped  # noqa: PLC0415
    from kabar_cli.dlq.display import json_line  # noqa: PLC0415

    url = address_of("opensearch")
    tell = (lambda line: err.print(line, markup=False)) if err.is_terminal else (lambda _: None)
    try:
        done = asyncio.run(remapped(url, tell=tell, pause_s=pause, is_trial=dry_run, covers_all=everything))
    except OpenSearchException as error:
        raise failure(Exit.UNAVAILABLE, f"OpenSearch: {error}. What was written stays; run it again, and it goes on.") from error
    except RemapStoppedError as error:
        raise failure(
            Exit.UNAVAILABLE, f"OpenSearch takes no documents: {error}. What was written stays; run it again, and it goes on."
        ) from error
    if as_json:
        sys.stdout.write(json_line(done.as_json()))
    else:
        out.print(remap_told(done, is_trial=dry_run), markup=False)
    if done.not_done or (done.left and not dry_run):
        raise typer.Exit(Exit.PARTIAL)
