"""What would become of letters now: the pure stages run here, and nothing is written."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from kabar_chassis.delivery.outcome import Dead, Delivery, Reason
from kabar_chassis.delivery.quarantine import ChildDied, NotRun, Quarantine, Raised, Result, TimedOut
from kabar_chassis.letters.letter import Letter
from kabar_contracts.streams import RAW, RAW_BACKFILL

ARTICLE_TIMEOUT_S: Final = 20.0
"""As `enrich` has it by default."""


@dataclass(frozen=True, slots=True)
class Passes:
    """It would go on, and where to."""

    what: str


@dataclass(frozen=True, slots=True)
class NotTried:
    """It could not be tried here; says nothing about the letter."""

    why: str


Found = Passes | Dead | NotTried


@dataclass(frozen=True, slots=True)
class Trial:
    """Runs the stages in a child process: one of these letters may have killed a worker."""

    now: datetime
    quarantine: Quarantine

    async def outcome(self, letter: Letter, fields: Mapping[bytes, bytes]) -> Found:
        """What would become of an entry with these fields on the stream that the letter came from."""
        stage, argument = self._stage(letter, fields)
        match await self.quarantine.run_alone(stage, argument):
            case Result(value=Dead() as dead):
                return dead
            case Result():
                return Passes(
                    "would be enriched" if _is_raw(letter) else "would be sent to OpenSearch, which alone can say whether it takes it"
                )
            case Raised(why=why):
                return Dead(Reason.HANDLER_RAISED, why)
            case ChildDied() as died:
                return Dead(Reason.ENRICHER_DIED if _is_raw(letter) else Reason.HANDLER_DIED, f"the process reading it ended: {died}")
            case TimedOut(timeout_s=timeout_s):
                return Dead(Reason.ENRICHER_TIMED_OUT if _is_raw(letter) else Reason.HANDLER_TIMED_OUT, f"not read within {timeout_s:g} s")
            case NotRun(why=why):
                return NotTried(f"{why}")

    def _stage(self, letter: Letter, fields: Mapping[bytes, bytes]) -> tuple[Callable[[Any], object], Any]:
        if _is_raw(letter):
            from kabar_enrich.reading import Job, read_entry  # noqa: PLC0415  # its libraries take long to load, and only a trial needs them

            return read_entry, Job(fields=dict(fields), now=self.now)
        from kabar_index.articles import action_of  # noqa: PLC0415

        return partial(action_of, indexed_at=self.now), Delivery(entry_id=b"0-1", fields=fields)


@asynccontextmanager
async def trial(*, now: datetime) -> AsyncIterator[Trial]:
    """A trial that ends its child process."""
    quarantine = Quarantine(timeout_s=ARTICLE_TIMEOUT_S)
    try:
        yield Trial(now, quarantine)
    finally:
        quarantine.close()


def trial_json(letter: Letter, found: Found) -> dict[str, Any]:
    """What a trial found, without a word of the article."""
    named: dict[str, Any] = {"letter": str(letter.letter_id), "article_id": letter.article_id, "was": letter.reason}
    match found:
        case Passes(what=what):
            return named | {"outcome": "would_pass", "what": what}
        case Dead(reason=reason, detail=detail):
            return named | {"outcome": "would_fail", "reason": reason.value, "detail": detail}
        case NotTried(why=why):
            return named | {"outcome": "not_tried", "why": why}


def trial_line(letter: Letter, found: Found) -> str:
    """As `trial_json`, as a line for a person."""
    match found:
        case Passes(what=what):
            return f"{letter.letter_id}\t{what}"
        case Dead(reason=reason, detail=detail):
            return f"{letter.letter_id}\twould fail: {reason.value} {detail}"
        case NotTried(why=why):
            return f"{letter.letter_id}\tnot tried: {why}"


def _is_raw(letter: Letter) -> bool:
    return letter.origin in (RAW, RAW_BACKFILL)
