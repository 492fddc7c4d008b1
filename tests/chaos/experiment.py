"""One run from its beginning to its verdict: load and faults, drain, check, report; its history is kept in a folder."""

import asyncio
import json
import math
import os
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal

import httpx
import journal
from audit import audited, disagreements
from backlog import held_back
from checker import check, doubled_letters
from drain import drained
from load import Kind, Load, Parcel, Step, planned
from nemesis import Nemesis, Suffered
from observation import observed
from producers import Pace, Producer, produce
from report import Report
from schedule import LINKS, Fault, scheduled
from system import System, running

PRODUCERS: Final = 8
SECONDS_A_FAULT: Final = 16
"""So many of load for each fault, if the machine can take it so fast. Faults take half of them: the rest comes after the last."""
DISK_MB: Final = 768
PROBES: Final = 200_000_000
"""Numbers of the articles that the nemesis pushes to see whether the system is itself again."""
PROBE_EVERY_S: Final = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to run. The same plan is the same load and the same faults."""

    seed: int
    articles: int
    faults: int
    enrichers: Literal["on", "off"]
    reclaim_after_ms: int = 2_500
    maxmemory_mb: int = 512
    drain_within_s: float = 180.0


def run(plan: Plan, *, folder: Path, tell: Callable[[str], None]) -> Report:
    """The report of a run, which is in the folder as well, with schedule, journals and logs."""
    folder.mkdir(parents=True, exist_ok=True)
    system_folder = folder / "system"
    with _small_disk(system_folder / "redis") as can_fill_disk:
        faults = scheduled(plan.seed, faults=plan.faults, claim_s=plan.reclaim_after_ms / 1000, can_fill_disk=can_fill_disk)
        parcels = planned(plan.seed, articles=plan.articles)
        (folder / "plan.json").write_text(json.dumps(asdict(plan)), encoding="utf-8")
        (folder / "schedule.json").write_text(json.dumps([asdict(fault) for fault in faults], indent=1), encoding="utf-8")
        with running(
            system_folder,
            enrichers=plan.enrichers,
            maxmemory_mb=plan.maxmemory_mb,
            redis_folder=system_folder / "redis",
            settings={name: {"reclaim_after_ms": str(plan.reclaim_after_ms)} for name in ("enrich", "index", "archive")},
        ) as system:
            report = _judged(plan, system, parcels=parcels, faults=faults, folder=folder, tell=tell)
    notes = () if can_fill_disk else ("the full disk was left out: mounting a small one needs root",)
    report = Report(**{name: getattr(report, name) for name in report.__dataclass_fields__} | {"notes": (*report.notes, *notes)})
    (folder / "report.json").write_text(json.dumps(report.as_json(), indent=1), encoding="utf-8")
    (folder / "report.txt").write_text(report.as_text() + "\n", encoding="utf-8")
    return report


def _judged(
    plan: Plan, system: System, *, parcels: Sequence[Parcel], faults: Sequence[Fault], folder: Path, tell: Callable[[str], None]
) -> Report:
    begun = time.monotonic()
    became, suffered = asyncio.run(_load_and_faults(plan, system, parcels=parcels, faults=faults, folder=folder, tell=tell))
    loaded = time.monotonic()
    for name in LINKS:
        system.links[name].heal()
    tell(f"{loaded - begun:7.1f} s  load and faults are over; draining")
    drained(system.redis_url, within_s=plan.drain_within_s)
    drain_ended = time.monotonic()
    attempts = journal.read(folder)
    there = observed(system.redis_url, system.opensearch_url)
    findings = check(attempts, there)
    checked = time.monotonic()
    tell(f"{checked - begun:7.1f} s  checked: {len(findings)} findings; auditing")
    audit = audited(system.redis_url, system.opensearch_url)
    return Report(
        seed=plan.seed,
        articles=plan.articles,
        enrichers=plan.enrichers,
        steps=sum(len(parcel.steps) for parcel in parcels),
        attempts=Counter(attempt.answer.value for attempt in attempts),
        became=became,
        kinds=Counter(step.kind.value for parcel in parcels for step in parcel.steps),
        suffered=suffered,
        restarts={name: process.restarts for name, process in system.processes.items()},
        load_s=loaded - begun,
        drain_s=drain_ended - loaded,
        check_s=checked - drain_ended,
        seen={
            "documents": len(there.documents),
            "revisions": len(there.revisions),
            "takedown marks": len(there.marks),
            "dead letters": len(there.letters),
            "doubled letters": doubled_letters(there.letters),
        },
        findings=findings,
        audit=audit,
        disagreements=disagreements(audit, there, findings),
    )


async def _load_and_faults(
    plan: Plan, system: System, *, parcels: Sequence[Parcel], faults: Sequence[Fault], folder: Path, tell: Callable[[str], None]
) -> tuple[Counter[str], list[Suffered]]:
    load = Load(plan.seed)
    steps = sum(len(parcel.steps) for parcel in parcels)
    pace = Pace(steps / (plan.faults * SECONDS_A_FAULT) if plan.faults else math.inf)
    probes = Probes(load, system, folder)
    nemesis = Nemesis(
        system=system,
        redis_folder=system.folder / "redis",
        maxmemory_bytes=plan.maxmemory_mb * 1024 * 1024,
        probe=probes.probe,
        begun=pace.begun,
        tell=tell,
    )

    async def strike() -> list[Suffered]:
        try:
            return await nemesis.run(faults)
        finally:
            pace.steps_per_s = math.inf
            await probes.close()

    async with held_back(pace, redis_url=system.redis_url), asyncio.TaskGroup() as group:
        producing = group.create_task(
            produce(
                load,
                parcels,
                ingest_url=system.ingest_url,
                redis_url=system.redis_url,
                folder=folder,
                pace=pace,
                producers=PRODUCERS,
            )
        )
        striking = group.create_task(strike())
    return producing.result(), striking.result()


class Probes:
    """Articles that are pushed to see whether they arrive. They are journaled and judged as all others."""

    def __init__(self, load: Load, system: System, folder: Path) -> None:
        self._load = load
        self._system = system
        self._folder = folder
        self._sent = 0
        # One for all looks: to make a client takes as long as enriching some articles, and would slow down what is waited for.
        self._opensearch = httpx.AsyncClient(base_url=system.opensearch_url, timeout=5, trust_env=False)

    async def probe(self, within_s: float) -> bool:
        """Push a new article until it is accepted, then search until it is found; whether both happened in time."""
        self._sent += 1
        step = Step(PROBES + self._sent, Kind.NEW, PROBES + self._sent)
        # Connections of its own: what a producer before it had may be dead for good.
        producer = Producer(
            self._load,
            name="probe",
            ingest_url=self._system.ingest_url,
            redis_url=self._system.redis_url,
            folder=self._folder,
            became=Counter(),
        )
        try:
            async with asyncio.timeout(within_s):
                while not await producer.send(Parcel((step,)), tries=1):
                    # A further try is a further step, so that its attempts have names of their own.
                    self._sent += 1
                    step = Step(PROBES + self._sent, Kind.NEW, PROBES + self._sent)
                    await asyncio.sleep(PROBE_EVERY_S)
                while not await self._is_found(self._load.article_id(step.article)):  # noqa: ASYNC110  # another process makes it true
                    await asyncio.sleep(PROBE_EVERY_S)
        except TimeoutError:
            return False
        finally:
            await producer.close()
        return True

    async def close(self) -> None:
        """End the connections to OpenSearch."""
        await self._opensearch.aclose()

    async def _is_found(self, article_id: str) -> bool:
        body = {"query": {"term": {"article_id": article_id}}}
        try:
            answer = await self._opensearch.post("/articles/_count", json=body)
            return answer.status_code == 200 and answer.json()["count"] > 0
        except httpx.HTTPError:
            return False


@contextmanager
def _small_disk(folder: Path) -> Iterator[bool]:
    """A small disk mounted at this folder while the block runs; whether there is one: it needs root."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0:
        yield False
        return
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(folder)], capture_output=True, check=False)
    if mounted.returncode:
        yield False
        return
    try:
        yield True
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
