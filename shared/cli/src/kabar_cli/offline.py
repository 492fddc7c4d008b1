"""`kabar enrich`: raw articles in, enriched articles out, no server needed."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from kabar_cli.exits import Exit, failure
from kabar_cli.push import Format


def enrich(
    files: Annotated[
        list[str] | None, typer.Argument(help="Files to read; - or nothing reads standard input.", metavar="[FILES|-]")
    ] = None,
    *,
    form: Annotated[Format, typer.Option("--format", help="What the files hold; auto looks at them.")] = Format.AUTO,
    url: Annotated[str | None, typer.Option(help="Address of the page, for HTML and text.")] = None,
) -> None:
    """Enrich articles here: one enriched article a line, in order. Exit code 3 when a line could not be read."""
    from kabar_enrich.offline import run_offline  # noqa: PLC0415  # its libraries take long to load, and only this command needs them

    inputs = [None if name == "-" else Path(name) for name in files or ["-"]]
    for path in inputs:
        if path is not None and not path.is_file():
            raise failure(Exit.USAGE, f"{path}: no such file")
    code = run_offline(inputs, form=form.value, url=url, out=sys.stdout.buffer, err=sys.stderr, now=lambda: datetime.now(UTC))
    raise typer.Exit(code)
