"""What a dry run says of each verdict, without a child process."""

import io
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from articles import enriched_article, enriched_fields, raw_article, raw_fields
from kabar_chassis.delivery.outcome import Reason
from kabar_chassis.delivery.quarantine import ChildDied, NotRun, Quarantine, Raised, Result, TimedOut
from kabar_chassis.letters.letter import Letter, letter_of
from kabar_cli.dlq.display import letter_table
from kabar_cli.dlq.trial import Trial, trial_json, trial_line
from kabar_contracts.streams import ENRICHED_DEAD, RAW_DEAD
from rich.console import Console

NOW = datetime(2026, 5, 4, tzinfo=UTC)
RAW_LETTER = letter_of([b"1-0", b"", 1, 1, b"dead.origin", b"{articles}.raw.v1 1-0"], stream=RAW_DEAD)
ENRICHED_LETTER = letter_of([b"1-0", b"", 1, 1, b"dead.origin", b"{articles}.enriched.v1 1-0"], stream=ENRICHED_DEAD)


class Here:
    """Runs what it is given at once, or answers as told."""

    def __init__(self, verdict: object = None) -> None:
        self._verdict = verdict

    async def run_alone(self, function: Callable[[Any], object], argument: Any) -> object:
        return self._verdict or Result(function(argument))


async def outcome(letter: Letter, fields: Mapping[bytes, bytes], verdict: object = None) -> dict[str, Any]:
    running = Trial(NOW, cast("Quarantine", Here(verdict)))
    return trial_json(letter, await running.outcome(letter, fields))


@pytest.mark.parametrize(
    ("letter", "fields", "said"),
    [
        (RAW_LETTER, raw_fields(raw_article()), "would_pass"),
        (RAW_LETTER, {b"data": b"\xff"}, "would_fail"),
        (ENRICHED_LETTER, enriched_fields(enriched_article()), "would_pass"),
        (ENRICHED_LETTER, raw_fields(raw_article()), "would_fail"),
    ],
)
async def test_each_letter_is_tried_by_the_stage_that_reads_its_stream(letter: Letter, fields: dict[bytes, bytes], said: str) -> None:
    assert (await outcome(letter, fields))["outcome"] == said


@pytest.mark.parametrize(
    ("verdict", "raw", "enriched"),
    [
        (Raised("KeyError"), Reason.HANDLER_RAISED, Reason.HANDLER_RAISED),
        (ChildDied(-9), Reason.ENRICHER_DIED, Reason.HANDLER_DIED),
        (TimedOut(20), Reason.ENRICHER_TIMED_OUT, Reason.HANDLER_TIMED_OUT),
    ],
)
async def test_a_letter_that_ends_or_hangs_its_child_would_fail_with_that_reason(verdict: object, raw: Reason, enriched: Reason) -> None:
    assert (await outcome(RAW_LETTER, {}, verdict))["reason"] == raw.value
    assert (await outcome(ENRICHED_LETTER, {}, verdict))["reason"] == enriched.value


async def test_a_letter_that_could_not_be_tried_is_not_said_to_fail() -> None:
    assert (await outcome(RAW_LETTER, {}, NotRun("no memory")))["outcome"] == "not_tried"


async def test_a_line_begins_with_the_letter() -> None:
    running = Trial(NOW, cast("Quarantine", Here()))
    assert trial_line(RAW_LETTER, await running.outcome(RAW_LETTER, {})).startswith("raw:1-0\twould fail: invalid_entry")


def test_the_table_of_a_terminal_has_a_row_a_letter_and_no_markup_of_theirs() -> None:
    forged = letter_of([b"1-0", b"", 1, 1, b"dead.reason", b"[bold]x[/nonsense]"], stream=RAW_DEAD)
    console = Console(file=io.StringIO(), width=200)
    console.print(letter_table([forged]))
    assert "[bold]x[/nonsense]" in cast("io.StringIO", console.file).getvalue()
