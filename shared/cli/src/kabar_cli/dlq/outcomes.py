"""What became of letters, said and counted."""

import sys
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import typer
from kabar_chassis.letters import replaying
from kabar_chassis.letters.letter import Letter

from kabar_cli.dlq.display import json_line, one_line
from kabar_cli.dlq.trial import Trial, trial_json, trial_line
from kabar_cli.exits import Exit


async def try_entry(running: Trial, letter: Letter, fields: Mapping[bytes, bytes], *, as_json: bool) -> str:
    """Say what would become of this entry; returns the word it is counted under."""
    found = await running.outcome(letter, fields)
    answer = trial_json(letter, found)
    name, _, line = trial_line(letter, found).partition("\t")
    _write(answer, f"{name}\t{one_line(line)}", as_json=as_json)
    return str(answer["outcome"]).replace("_", " ")


def refusal(letter: Letter, *, again: replaying.Again) -> replaying.Outcome | None:
    """Why this letter would not go back; None when it would."""
    if letter.mark is not None and again is replaying.Again.SKIP:
        return replaying.ReplayedBefore(letter.mark)
    why = replaying.why_not(letter)
    return replaying.Unreplayable(why) if why else None


def write_outcome(letter: Letter, outcome: replaying.Outcome, *, as_json: bool) -> str:
    """Say what became of a letter; returns the word it is counted under."""
    named: dict[str, Any] = {"letter": str(letter.letter_id), "article_id": letter.article_id}
    match outcome:
        case replaying.Replayed(stream=stream, entry_id=entry_id):
            word, more, line = "replayed", {"stream": stream, "entry_id": entry_id}, f"{stream} {entry_id}"
        case replaying.ReplayedBefore(mark=mark):
            at = "" if mark is None else f" as {mark.entry_id} of {mark.stream}"
            word, more, line = "replayed before", {}, f"replayed before{at}; --again replays it once more"
        case replaying.Gone():
            word, more, line = "gone", {}, "gone meanwhile"
        case replaying.Unreplayable(why=why):
            word, more, line = "cannot go back", {"why": why}, f"cannot go back: {why}"
    _write(named | {"outcome": word.replace(" ", "_")} | more, f"{letter.letter_id}\t{one_line(line)}", as_json=as_json)
    return word


def end_with(counts: Counter[str]) -> None:
    """0 when all went well, 3 when something did not, 4 when there was nothing to do."""
    went = counts["replayed"] + counts["would pass"]
    if went == counts.total() > 0:
        return
    failed = counts["cannot go back"] + counts["would fail"] + counts["not tried"]
    raise typer.Exit(Exit.PARTIAL if went or failed else Exit.NOTHING_FOUND)


def _write(answer: object, line: str, *, as_json: bool) -> None:
    sys.stdout.write(json_line(answer) if as_json else line + "\n")


def now() -> datetime:
    """The time of this machine."""
    return datetime.now(UTC)
