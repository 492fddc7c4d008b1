"""What a fault did: when its last trace was gone, and the table of all of them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from steady_load import Answer, Push

NORMAL_S: Final = 3.0
"""An article that arrives within that after it was pushed was not held up."""
GREEN_S: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One fault on one link for one time."""

    link: str
    fault: str
    duration_s: float
    recovery_s: float | None
    """Seconds from the end of the fault to its last trace; None when that was not seen to come."""
    last_trace: str = ""
    """What the last trace was."""
    accepted: int = 0
    refused: int = 0
    unknown: int = 0
    late: int = 0
    """Accepted articles that took longer than normal."""
    missing: int = 0
    """Accepted articles that had not arrived when the cell was given up."""
    wrong: list[str] = field(default_factory=list)
    died: dict[str, int] = field(default_factory=dict)
    """Process -> how many times it ended in that time."""
    load_average: float = 0.0

    @property
    def is_green(self) -> bool:
        """Whether it recovered in time, and nothing was lost or wrong."""
        return self.recovery_s is not None and self.recovery_s <= GREEN_S and not (self.missing or self.wrong)


def last_trace(pushes: Iterable[Push], *, ended_at: float) -> tuple[float, str]:
    """When the last trace of a fault was gone that ended at `ended_at`, and what it was.

    Traces are: the arrival of what was accepted before the end; the arrival, later than normal, of what was pushed
    after it; an answer after it that was no acceptance, to what was pushed after it.
    """
    traces = [(ended_at, "none after its end")]
    for push in pushes:
        if push.answered_at is None:
            continue
        arrived_at = push.arrived_at
        if push.sent_at >= ended_at and push.answer is not Answer.ACCEPTED:
            traces.append((push.answered_at, f"article {push.number} {push.answer}: {push.why}"))
        elif arrived_at is not None and push.answer is Answer.ACCEPTED:
            is_fresh = push.sent_at >= ended_at and push.answered_at >= ended_at
            if not is_fresh or arrived_at - push.sent_at > NORMAL_S:
                traces.append((arrived_at, _late_place(push)))
    return max(traces)


def _late_place(push: Push) -> str:
    """Where an article arrived last, and how long it took."""
    places = {"index": push.searchable_at or 0.0, "archive": push.archived_at or 0.0}
    place = max(places, key=lambda name: places[name])
    return f"article {push.number} in the {place} {places[place] - push.sent_at:.1f} s after it was pushed"


def is_over(pushes: Sequence[Push], *, ended_at: float, now: float, calm_s: float) -> bool:
    """Whether everything accepted up to a moment ago has arrived, and the last trace lies so long back."""
    outstanding = any(
        push.answer is Answer.ACCEPTED and push.arrived_at is None and (push.sent_at < ended_at or now - push.sent_at > NORMAL_S)
        for push in pushes
        if push.answered_at is not None
    )
    return not outstanding and now - last_trace(pushes, ended_at=ended_at)[0] >= calm_s


def counts(pushes: Iterable[Push]) -> Counter[Answer]:
    """How many were answered how."""
    return Counter(push.answer for push in pushes if push.answered_at is not None)


def late(pushes: Iterable[Push]) -> int:
    """How many took longer than normal."""
    return sum(push.arrived_at is not None and push.arrived_at - push.sent_at > NORMAL_S for push in pushes)


def table(cells: Sequence[Cell]) -> str:
    """The matrix in Markdown: a row for each link and fault, a column for each duration; recovery in seconds."""
    durations = sorted({cell.duration_s for cell in cells})
    rows: dict[tuple[str, str], dict[float, Cell]] = {}
    for cell in cells:
        rows.setdefault((cell.link, cell.fault), {})[cell.duration_s] = cell
    lines = [
        "| link | fault | " + " | ".join(f"{duration:g} s" for duration in durations) + " |",
        "|---|---|" + "---:|" * len(durations),
    ]
    for (link, fault), row in rows.items():
        lines.append(f"| {link} | {fault} | " + " | ".join(_told(row, duration) for duration in durations) + " |")
    return "\n".join(lines) + "\n"


def _told(row: Mapping[float, Cell], duration_s: float) -> str:
    cell = row.get(duration_s)
    if cell is None:
        return ""
    recovery = "not seen" if cell.recovery_s is None else f"{cell.recovery_s:.1f} s"
    faults = [f"{cell.missing} missing"] if cell.missing else []
    faults += [f"{len(cell.wrong)} wrong"] if cell.wrong else []
    return f"{'✓' if cell.is_green else '✗'} {', '.join([recovery, *faults])}"
