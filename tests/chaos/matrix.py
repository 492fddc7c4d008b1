"""Links x faults x durations, on one running system under steady load: how long after each fault its last trace is gone.

`python tests/chaos/matrix.py --links index-redis --faults cut,half_open --durations 1,10 --table FILE --json FILE`
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from arrivals import Arrivals, never_sent
from cells import NORMAL_S, Cell, counts, is_over, last_trace, late, table
from links import Link
from opensearchpy import AsyncOpenSearch
from redis.asyncio import Redis
from steady_load import Answer, Push, SteadyLoad
from system import Enrichers, System, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LINKS: Final[Mapping[str, Sequence[str]]] = {
    "producer-ingest": ("producer-ingest",),
    "ingest-redis": ("ingest-redis",),
    "enrich-redis": ("enrich-redis",),
    "index-redis": ("index-redis", "archive-redis"),
    "index-opensearch": ("index-opensearch", "archive-opensearch"),
}
"""Row of the matrix -> the links that fail together: both roles of index have the same row."""

TRUNCATED_AFTER_BYTES: Final[Mapping[str, int]] = {
    "producer-ingest": 600,
    "ingest-redis": 300,
    "enrich-redis": 2_000,
    "index-redis": 2_000,
    "index-opensearch": 300,
}
"""So many bytes that a connection can be made, and that the answer which tells of articles is the one that is cut off."""

DELAY_S: Final = 1.0
BYTES_PER_S: Final = 16_384
"""About a third of what the load needs."""

FAULTS: Final[Mapping[str, Callable[[Link, str], None]]] = {
    "cut": lambda link, _: link.cut(),
    "delay": lambda link, _: link.delay(DELAY_S),
    "throttle": lambda link, _: link.throttle(BYTES_PER_S),
    "truncate": lambda link, row: link.truncate_answers(TRUNCATED_AFTER_BYTES[row]),
    "half_open": lambda link, _: link.half_open(),
    "mute": lambda link, _: link.mute_answers(),
}
DURATIONS: Final = "1,10,30"

ARTICLES_PER_S: Final = 50.0
WARM_UP_S: Final = 10.0
CALM_S: Final = 3.5
"""Without a trace for so long, a fault is over."""
GIVEN_UP_S: Final = 90.0
"""After its end; what has not arrived by then is missing."""
POLL_S: Final = 0.1


Pause = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole run."""

    cells: list[Cell]
    baseline: dict[str, float]
    """Seconds from pushed to arrived without a fault."""
    sent: int
    accepted: int
    lost: list[str]
    """Accepted, and not both in the index and in the archive at the very end."""
    extra: list[str]
    wrong: list[str]
    dead_letters: int
    restarts: dict[str, int]

    @property
    def is_green(self) -> bool:
        """Whether every cell is, and the end is as it should be."""
        return all(cell.is_green for cell in self.cells) and not (self.lost or self.extra or self.wrong or self.dead_letters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which cells to run."""

    links: Sequence[str]
    faults: Sequence[str]
    durations_s: Sequence[float]

    def __iter__(self) -> Iterator[tuple[str, str, float]]:
        """Short faults first: what they leave behind shows soonest."""
        return iter([(link, fault, duration_s) for duration_s in self.durations_s for link in self.links for fault in self.faults])


async def measure(system: System, choice: Choice, *, articles_per_s: float, on_cell: Callable[[Cell], None]) -> Report:
    """Every chosen cell, one after the other, under one steady load. The last look is past all links."""
    load = SteadyLoad(system.ingest_url, articles_per_s)
    async with AsyncOpenSearch(system.opensearch_url, timeout=30) as client:
        arrivals = Arrivals(client, load.pushes)
        async with _in_background(arrivals.watch()) as watching, _in_background(load.run()) as pushing:

            async def pause() -> None:
                await asyncio.wait((watching, pushing), timeout=POLL_S, return_when=asyncio.FIRST_COMPLETED)
                for ended in (watching, pushing):
                    if ended.done():
                        ended.result()

            baseline = await _baseline(load, pause)
            cells = []
            for row, fault, duration_s in choice:
                cell = await _run_cell(system, load, arrivals, row=row, fault=fault, duration_s=duration_s, pause=pause)
                cells.append(cell)
                on_cell(cell)
        return await _report(system, client, arrivals, cells=cells, baseline=baseline)


async def _baseline(load: SteadyLoad, pause: Pause) -> dict[str, float]:
    """How long articles take while nothing is wrong, once the system is warm and has caught up."""
    began = time.monotonic()
    while not is_over(load.pushes, ended_at=began + WARM_UP_S, now=time.monotonic(), calm_s=WARM_UP_S):
        if time.monotonic() > began + GIVEN_UP_S:
            raise RuntimeError(f"articles take longer than {NORMAL_S:g} s without any fault: the machine is too slow, or too busy")
        await pause()
    measured = [push for push in load.pushes if push.sent_at >= time.monotonic() - WARM_UP_S]
    times = sorted(push.arrived_at - push.sent_at for push in measured if push.arrived_at is not None)
    percentiles = statistics.quantiles(times, n=100, method="inclusive")
    return {"p50_s": round(percentiles[49], 2), "p99_s": round(percentiles[98], 2), "longest_s": round(times[-1], 2)}


async def _run_cell(system: System, load: SteadyLoad, arrivals: Arrivals, *, row: str, fault: str, duration_s: float, pause: Pause) -> Cell:
    deaths = {name: len(managed.deaths) for name, managed in system.processes.items()}
    wrong_before, first = len(arrivals.wrong), _first_of_cell(load.pushes)
    began = time.monotonic()
    for name in LINKS[row]:
        await asyncio.to_thread(FAULTS[fault], system.links[name], row)
    while time.monotonic() < began + duration_s:
        await pause()
    for name in LINKS[row]:
        await asyncio.to_thread(system.links[name].heal)
    ended_at = time.monotonic()
    while not (over := is_over(load.pushes[first:], ended_at=ended_at, now=time.monotonic(), calm_s=CALM_S)):
        if time.monotonic() > ended_at + GIVEN_UP_S:
            break
        await pause()
    pushes = load.pushes[first:]
    at, what = last_trace(pushes, ended_at=ended_at)
    answers = counts(pushes)
    return Cell(
        link=row,
        fault=fault,
        duration_s=duration_s,
        recovery_s=round(at - ended_at, 2) if over else None,
        last_trace=what,
        accepted=answers[Answer.ACCEPTED],
        refused=answers[Answer.REFUSED],
        unknown=answers[Answer.UNKNOWN],
        late=late(pushes),
        missing=0 if over else sum(_is_missing(push, now=time.monotonic()) for push in pushes),
        wrong=arrivals.wrong[wrong_before:],
        died={name: len(managed.deaths) - deaths[name] for name, managed in system.processes.items() if len(managed.deaths) > deaths[name]},
        load_average=round(os.getloadavg()[0], 1),
    )


def _first_of_cell(pushes: Sequence[Push]) -> int:
    """Where to begin: what is under way when the fault begins belongs to it."""
    first = len(pushes)
    while first > 0 and pushes[first - 1].sent_at > time.monotonic() - 2 * NORMAL_S:
        first -= 1
    return first


def _is_missing(push: Push, *, now: float) -> bool:
    return push.answer is Answer.ACCEPTED and push.arrived_at is None and now - push.sent_at > NORMAL_S


async def _report(system: System, client: AsyncOpenSearch, arrivals: Arrivals, *, cells: list[Cell], baseline: dict[str, float]) -> Report:
    """The end of the run: everything that was accepted must be there."""
    pushes = arrivals.pushes
    deadline = time.monotonic() + GIVEN_UP_S
    while any(_is_missing(push, now=float("inf")) for push in pushes) and time.monotonic() < deadline:
        await arrivals.look()
        await asyncio.sleep(POLL_S)
    async with Redis.from_url(system.redis_url) as redis:
        dead_letters = [await redis.xlen(name) async for name in redis.scan_iter(match="*.dead")]
    return Report(
        cells=cells,
        baseline=baseline,
        sent=len(pushes),
        accepted=counts(pushes)[Answer.ACCEPTED],
        lost=[f"article {push.number} ({push.article_id})" for push in pushes if _is_missing(push, now=float("inf"))],
        extra=await never_sent(client, (f"{push.number}" for push in pushes)),
        wrong=list(arrivals.wrong),
        dead_letters=sum(dead_letters),
        restarts={name: managed.restarts for name, managed in system.processes.items()},
    )


@asynccontextmanager
async def _in_background(work: Any) -> "AsyncIterator[asyncio.Task[None]]":
    task: asyncio.Task[None] = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait((task,))


def told(report: Report) -> str:
    """The report in Markdown."""
    base = report.baseline
    green = sum(cell.is_green for cell in report.cells)
    recoveries = sorted(cell.recovery_s for cell in report.cells if cell.recovery_s is not None)
    spread = f"; recovery {statistics.median(recoveries):.1f} s in the median, {recoveries[-1]:.1f} s at worst" if recoveries else ""
    return (
        f"{table(report.cells)}\n"
        f"{green} of {len(report.cells)} green{spread}. "
        f"{report.accepted} articles accepted of {report.sent} pushed: {len(report.lost)} lost, {len(report.wrong)} wrong, "
        f"{len(report.extra)} never sent, {report.dead_letters} dead letters. "
        f"Without a fault an article arrives after {base['p50_s']} s in the median, {base['p99_s']} s at the 99th percentile.\n"
    )


def main() -> int:
    """Run the chosen cells. 0: all green."""
    parser = argparse.ArgumentParser(description="Recovery after each fault of each link.")
    parser.add_argument("--links", default=",".join(LINKS), help="rows, separated by commas")
    parser.add_argument("--faults", default=",".join(FAULTS))
    parser.add_argument("--durations", default=DURATIONS, help="seconds, separated by commas")
    parser.add_argument("--articles-per-s", type=float, default=ARTICLES_PER_S)
    parser.add_argument("--enrichers", choices=("on", "off"), default="off")
    parser.add_argument("--folder", type=Path, help="where the system keeps its data and logs; by default a temporary folder")
    parser.add_argument("--table", type=Path, help="where the Markdown goes; by default to standard output")
    parser.add_argument("--json", type=Path, help="where every figure goes")
    options = parser.parse_args()
    choice = Choice(
        links=_chosen(options.links, LINKS, parser),
        faults=_chosen(options.faults, FAULTS, parser),
        durations_s=[float(duration) for duration in options.durations.split(",")],
    )
    with ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kabar-matrix-")))
        so_far: list[Cell] = []

        def note(cell: Cell) -> None:
            so_far.append(cell)
            _say(cell)
            if options.table:
                options.table.write_text(table(so_far), encoding="utf-8")

        report = _run(folder, choice, enrichers=options.enrichers, articles_per_s=options.articles_per_s, on_cell=note)
    if options.json:
        options.json.write_text(json.dumps(asdict(report), indent=1) + "\n", encoding="utf-8")
    if options.table:
        options.table.write_text(told(report), encoding="utf-8")
    else:
        sys.stdout.write(told(report))
    return 0 if report.is_green else 1


def _run(folder: Path, choice: Choice, *, enrichers: Enrichers, articles_per_s: float, on_cell: Callable[[Cell], None]) -> Report:
    with running(folder, enrichers=enrichers) as system:
        return asyncio.run(measure(system, choice, articles_per_s=articles_per_s, on_cell=on_cell))


def _chosen(names: str, known: Mapping[str, object], parser: argparse.ArgumentParser) -> list[str]:
    chosen = names.split(",")
    if unknown := [name for name in chosen if name not in known]:
        parser.error(f"unknown: {', '.join(unknown)}; there are {', '.join(known)}")
    return chosen


def _say(cell: Cell) -> None:
    """One line on standard error as soon as a cell is over."""
    mark = "green" if cell.is_green else "RED  "
    recovery = "not seen" if cell.recovery_s is None else f"{cell.recovery_s:5.1f} s"
    facts = {
        "accepted": cell.accepted,
        "refused": cell.refused,
        "unknown": cell.unknown,
        "late": cell.late,
        "missing": cell.missing,
        "died": cell.died or "-",
        "load": cell.load_average,
    }
    told_facts = " ".join(f"{name} {value}" for name, value in facts.items())
    sys.stderr.write(f"{mark} {cell.link:<17} {cell.fault:<10} {cell.duration_s:>3g} s  {recovery}  {told_facts}  {cell.last_trace}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
