"""The options that say which letters are meant. Loads nothing heavy: every command of `kabar` waits for it."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Final

import typer
from kabar_chassis.delivery.outcome import Reason
from kabar_chassis.letters.choice import Choice, Handled, Order
from kabar_chassis.letters.letter import DEAD_STREAMS, LetterId

from kabar_cli.exits import Exit, err, failure

_AGE: Final = re.compile(r"([0-9]{1,6})(s|m|h|d)")
_MS: Final = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
ARTICLE: Final = re.compile(r"[0-9a-f]{32}")


class StreamName(StrEnum):
    """The dead-letter streams."""

    RAW = "raw"
    ENRICHED = "enriched"


Letters = Annotated[list[str] | None, typer.Argument(help="Ids of letters (raw:1777888999000-0) or of articles (32 hex characters).")]
ReasonOption = Annotated[list[str] | None, typer.Option("--reason", help="Why it was given up, for example invalid_message.")]
SourceOption = Annotated[list[str] | None, typer.Option("--source", help="Publication, for example warta.example.")]
StageOption = Annotated[list[str] | None, typer.Option("--stage", help="Who gave it up: enrich, index, archive.")]
StreamOption = Annotated[StreamName | None, typer.Option("--stream", help="Letters of raw or of enriched entries.")]
ArticleOption = Annotated[str | None, typer.Option("--article", help="Id of an article, 32 hex characters.")]
OlderOption = Annotated[str | None, typer.Option("--older-than", help="Given up longer ago: 30s, 10m, 2h, 7d.")]
NewerOption = Annotated[str | None, typer.Option("--newer-than", help="Given up since: 30s, 10m, 2h, 7d.")]
ReplayedOption = Annotated[bool | None, typer.Option("--replayed/--not-replayed", help="Only letters that were replayed, or were not.")]
OrderOption = Annotated[Order, typer.Option("--order", help="Which come first.")]
AgainOption = Annotated[bool, typer.Option("--again", help="Also what was replayed before.")]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
AllOption = Annotated[bool, typer.Option("--all", help="Every letter.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Say what would happen; write nothing.")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What was typed: ids, and a filter that they must pass too."""

    choice: Choice
    letters: Sequence[str] = ()
    missing: list[str] = field(default_factory=list)
    """Ids that named nothing; filled while `wanted_letters` runs."""

    @property
    def names_something(self) -> bool:
        """Whether it is less than every letter."""
        return bool(self.letters) or self.choice != Choice(handled=self.choice.handled, newest=self.choice.newest)


def wanted(  # noqa: PLR0913  # one parameter an option
    letters: Sequence[str] | None,
    *,
    reason: Sequence[str] | None = None,
    source: Sequence[str] | None = None,
    stage: Sequence[str] | None = None,
    stream: StreamName | None = None,
    article: str | None = None,
    older_than: str | None = None,
    newer_than: str | None = None,
    replayed: bool | None = None,
) -> Wanted:
    """What these options mean. Ends the command when one cannot be read."""
    now_ms = int(time.time() * 1000)
    for name in reason or ():
        if name not in list(Reason):
            err.print(f"{name} is none of this release's reasons: {', '.join(Reason)}", markup=False, style="yellow")
    if article is not None and not ARTICLE.fullmatch(article):
        raise failure(Exit.USAGE, f"--article {article[:80]!r}: an article id has 32 hex characters")
    for text in letters or ():
        if not ARTICLE.fullmatch(text):
            letter_id_of(text)
    return Wanted(
        letters=tuple(letters or ()),
        choice=Choice(
            streams=tuple(DEAD_STREAMS.values()) if stream is None else (DEAD_STREAMS[stream.value],),
            reasons=tuple(reason or ()),
            sources=tuple(source or ()),
            stages=tuple(stage or ()),
            article_id=article,
            until_ms=None if older_than is None else now_ms - _age_ms(older_than, option="--older-than"),
            since_ms=None if newer_than is None else now_ms - _age_ms(newer_than, option="--newer-than"),
            handled=Handled.ANY if replayed is None else Handled.REPLAYED if replayed else Handled.WAITING,
        ),
    )


def must_name_something(want: Wanted, *, everything: bool) -> None:
    """End the command when neither letters nor a filter nor everything was asked for."""
    if not want.names_something and not everything:
        raise failure(Exit.USAGE, "name letters or articles, or a filter, or --all")


def letter_id_of(text: str) -> LetterId:
    """The letter that was typed. Ends the command when it is none."""
    try:
        return LetterId.parse(text)
    except ValueError as error:
        raise failure(Exit.USAGE, f"{error}; an article id has 32 hex characters") from error


def _age_ms(text: str, *, option: str) -> int:
    found = _AGE.fullmatch(text.strip())
    if found is None:
        raise failure(Exit.USAGE, f"{option} {text[:40]!r}: write 30s, 10m, 2h or 7d")
    return int(found[1]) * _MS[found[2]]
