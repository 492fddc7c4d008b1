"""`kabar dlq`: the entries that were given up: list, show, replay, edit, purge.

Only what was typed is read here; what works on it is loaded when its command runs.
"""

from pathlib import Path
from typing import Annotated

import typer
from kabar_chassis.letters.choice import Order

from kabar_cli.dlq.options import (
    AgainOption,
    AllOption,
    ArticleOption,
    DryRunOption,
    JsonOption,
    Letters,
    NewerOption,
    OlderOption,
    OrderOption,
    ReasonOption,
    ReplayedOption,
    SourceOption,
    StageOption,
    StreamOption,
    YesOption,
    must_name_something,
    wanted,
)
from kabar_cli.exits import Exit, failure

dlq_app = typer.Typer(no_args_is_help=True, help="Dead letters: entries that were given up, with their reason.")


@dlq_app.command("ls")
def list_command(  # noqa: PLR0913  # one parameter an option
    letters: Letters = None,
    *,
    reason: ReasonOption = None,
    source: SourceOption = None,
    stage: StageOption = None,
    stream: StreamOption = None,
    article: ArticleOption = None,
    older_than: OlderOption = None,
    newer_than: NewerOption = None,
    replayed: ReplayedOption = None,
    order: OrderOption = Order.NEWEST,
    limit: Annotated[int, typer.Option(min=0, help="At most so many; 0 lists all.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List letters, without their texts. Exit code 4 when there are none."""
    from kabar_cli.dlq.listing import list_letters  # noqa: PLC0415

    want = wanted(
        letters,
        reason=reason,
        source=source,
        stage=stage,
        stream=stream,
        article=article,
        older_than=older_than,
        newer_than=newer_than,
        replayed=replayed,
    )
    list_letters(want, order=order, limit=limit, as_json=as_json)


@dlq_app.command("show")
def show_command(
    letter: Annotated[str, typer.Argument(help="A letter (raw:1777888999000-0), or an article id for all of its letters.")],
    *,
    field: Annotated[str | None, typer.Option(help="Write the bytes of this field and nothing else, for example data.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Show whole letters with their texts, control characters escaped. Exit code 4 when there is none."""
    from kabar_cli.dlq.listing import show_letters  # noqa: PLC0415

    show_letters(wanted([letter]), field=field, as_json=as_json)


@dlq_app.command("replay")
def replay_command(  # noqa: PLR0913  # one parameter an option
    letters: Letters = None,
    *,
    reason: ReasonOption = None,
    source: SourceOption = None,
    stage: StageOption = None,
    stream: StreamOption = None,
    article: ArticleOption = None,
    older_than: OlderOption = None,
    newer_than: NewerOption = None,
    everything: AllOption = False,
    again: AgainOption = False,
    rate: Annotated[str, typer.Option(help="How fast, for example 50/s or 600/m.")] = "50/s",
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Put letters back on the streams they came from, oldest first, byte for byte. The letters stay, marked.

    Exit code 3 when some could not go back or, in a dry run, would fail again; 4 when there is nothing to replay.
    """
    from kabar_chassis.letters.replaying import Again  # noqa: PLC0415

    from kabar_cli.dlq.replay import replay_letters  # noqa: PLC0415

    want = wanted(
        letters,
        reason=reason,
        source=source,
        stage=stage,
        stream=stream,
        article=article,
        older_than=older_than,
        newer_than=newer_than,
    )
    must_name_something(want, everything=everything)
    replay_letters(want, again=Again.REPLAY if again else Again.SKIP, rate=rate, dry_run=dry_run, as_json=as_json)


@dlq_app.command("edit")
def edit_command(
    letter: Annotated[str, typer.Argument(help="A letter (raw:1777888999000-0).")],
    *,
    values: Annotated[list[str] | None, typer.Option("--set", help="/pointer=value; the value is JSON, or else a text.")] = None,
    removals: Annotated[list[str] | None, typer.Option("--remove", help="/pointer of what to take out.")] = None,
    data: Annotated[Path | None, typer.Option(help="A file with the whole message; - reads standard input.")] = None,
    drop: Annotated[list[str] | None, typer.Option("--drop-field", help="A field of the entry to leave out.")] = None,
    again: AgainOption = False,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Change the message of a letter and put it back on its stream. Without options it opens $VISUAL or $EDITOR.

    What goes back must follow the contract. Id and revision are the message's. The letter stays as it is, marked.
    """
    from kabar_chassis.letters.replaying import Again  # noqa: PLC0415

    from kabar_cli.dlq.edit import Typed, edit_letter  # noqa: PLC0415

    if ":" not in letter:
        raise failure(Exit.USAGE, "edit takes the id of a letter: `kabar dlq ls --article ID` lists those of an article")
    typed = Typed(values=values or (), removals=removals or (), data=data, drop=drop or ())
    edit_letter(wanted([letter]), typed=typed, again=Again.REPLAY if again else Again.SKIP, dry_run=dry_run, as_json=as_json)


@dlq_app.command("purge")
def purge_command(  # noqa: PLR0913  # one parameter an option
    letters: Letters = None,
    *,
    reason: ReasonOption = None,
    source: SourceOption = None,
    stage: StageOption = None,
    stream: StreamOption = None,
    article: ArticleOption = None,
    older_than: OlderOption = None,
    newer_than: NewerOption = None,
    replayed: ReplayedOption = None,
    everything: AllOption = False,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Delete letters for good. Says how many first and asks. Exit code 4 when there are none."""
    from kabar_cli.dlq.purge import purge_letters  # noqa: PLC0415

    want = wanted(
        letters,
        reason=reason,
        source=source,
        stage=stage,
        stream=stream,
        article=article,
        older_than=older_than,
        newer_than=newer_than,
        replayed=replayed,
    )
    if replayed is None:
        must_name_something(want, everything=everything)
    purge_letters(want, yes=yes, dry_run=dry_run, as_json=as_json)
