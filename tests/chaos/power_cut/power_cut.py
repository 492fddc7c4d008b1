"""Power cuts under a running pipeline: a real Redis on a disk that forgets what was not synced, real `ingest` and `enrich` workers."""

import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import cut_check
from cut_check import Revision, Streams
from cut_load import Accepted, Load, pushing
from cut_machine import Machine
from cut_plan import Cut, Moment
from kabar_embedded import ServerStartError
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from waiting import eventually
from worker_process import worker

DEADLINE_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What one cut cost."""

    cut: Cut
    accepted: int
    """How many articles were accepted in this life of the machine."""
    unsynced_bytes: int
    """What the server had written and not synced when the power went."""
    handed_over: int
    """How many articles are behind `enrich` after the cut, of all lives."""
    lost: Sequence[Accepted] = ()
    astray: Sequence[Revision] = ()
    """What was acknowledged on its way through `enrich` and is nowhere."""
    no_start: str = ""
    """Why the server did not start on what was left, if it did not.

    What it held is out of reach then, until somebody looks after it: all counts as lost.
    """

    @property
    def is_loss(self) -> bool:
        """Whether anything was lost."""
        return bool(self.lost or self.astray or self.no_start)


@dataclass(slots=True, kw_only=True)
class Pipeline:
    """A machine, the workers on it, and the journal of all its lives. What was found lost is taken out of it, so that it is told once."""

    machine: Machine
    folder: Path
    seed: int
    ingest_port: int
    journal: list[Accepted] = field(default_factory=list)

    def go_through(self, cut: Cut, *, has_enrich: threading.Event) -> Loss:
        """Push, cut the power, start again, and look for what is missing. The machine runs afterwards, unless it did not start."""
        with _connected(self.machine.url) as redis, pushing(self.ingest_port, name=f"p{cut.number}", seed=self.seed) as load:
            eventually(load.accepted, within_s=DEADLINE_S, what="ingest accepts articles")
            if has_enrich.is_set():
                before = redis.xlen(cut_check.ENRICHED)
                eventually(lambda: redis.xlen(cut_check.ENRICHED) > before, within_s=DEADLINE_S, what="enrich hands over")
            self._fail(cut, load, redis)
        accepted = load.accepted()
        self.journal += accepted
        unsynced = self.machine.lose(names=cut.names, kept_share=cut.kept_share)
        try:
            self.machine.start()
        except ServerStartError as error:
            return Loss(cut=cut, accepted=len(accepted), unsynced_bytes=unsynced, handed_over=0, lost=self.journal, no_start=str(error))
        streams = self.streams()
        lost = cut_check.lost(self.journal, streams)
        self.journal = sorted(set(self.journal).difference(lost))
        return Loss(
            cut=cut,
            accepted=len(accepted),
            unsynced_bytes=unsynced,
            handed_over=len(streams.handed_over),
            lost=lost,
            astray=cut_check.astray(streams),
        )

    def streams(self) -> Streams:
        """What is on the streams now."""
        with _connected(self.machine.url) as redis:
            return cut_check.read_streams(redis)

    def _fail(self, cut: Cut, load: Load, redis: Redis) -> None:
        # The moment of the cut is a time, not a condition; the event only comes when the producers were told to stop.
        load.stop.wait(cut.load_s)
        if cut.moment is Moment.REWRITING:
            redis.bgrewriteaof()
            load.stop.wait(cut.rewrite_s)
        if cut.moment in (Moment.FIRST_RENAME, Moment.LAST_RENAME):
            self.machine.cut_at_folder_sync(1 if cut.moment is Moment.FIRST_RENAME else 2)
            _begin_rewrite(redis)
            self.machine.wait_cut(within_s=DEADLINE_S)
        self.machine.cut()


def power_cuts(plan: Sequence[Cut], *, machine: Machine, folder: Path, seed: int, enrich_from: int) -> Generator[Loss, None, None]:
    """What each cut cost, one after the other; from cut number `enrich_from` on an `enrich` worker runs too.

    Ends early when the server does not start on what a cut left. Raises UnfitError when the run says nothing.
    """
    has_enrich = threading.Event()
    with ExitStack() as running:
        machine.start()
        running.callback(machine.cut)
        with _connected(machine.url) as redis:
            cut_check.make_groups(redis)
        ingest = running.enter_context(worker("ingest", folder / "workers", redis_url=machine.url))
        eventually(lambda: ingest.health("/readyz") == 200, within_s=DEADLINE_S, what=f"ingest ready: {ingest.log()}")
        pipeline = Pipeline(machine=machine, folder=folder, seed=seed, ingest_port=ingest.port)
        for cut in plan:
            if cut.number >= enrich_from and not has_enrich.is_set():
                enrich = running.enter_context(worker("enrich", folder / "workers", redis_url=machine.url, processes="1"))
                enrich.wait_ready()
                has_enrich.set()
            loss = pipeline.go_through(cut, has_enrich=has_enrich)
            yield loss
            if loss.no_start:
                return


def _begin_rewrite(redis: Redis) -> None:
    """Where the power goes at its first step, the answer does not come."""
    try:
        redis.bgrewriteaof()
    except (OSError, RedisConnectionError):
        return


@contextmanager
def _connected(url: str) -> Iterator[Redis]:
    redis = Redis.from_url(url, socket_timeout=DEADLINE_S)
    try:
        yield redis
    finally:
        redis.close()
