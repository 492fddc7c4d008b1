"""Reads entries in child processes: CPU work off the event loop, and no article can take the worker with it.

A chunk that failed, whose process died or ran out of time, is read again one entry at a time; what fails alone goes
into quarantine, and only what fails there as well is blamed. Nobody waits for a slow neighbour: what is not read after
a moment is asked for again later, while the others go on.
"""

import asyncio
import contextlib
import gc
import itertools
import multiprocessing
from collections.abc import Callable, Mapping, Sequence
from typing import Final, assert_never

from kabar_chassis.child_process import end_with_parent, limit_memory
from kabar_chassis.delivery.outcome import Dead, HandOver, Reason, Retry
from kabar_chassis.delivery.quarantine import ChildDied, NotRun, Quarantine, Raised, Result, TimedOut, Verdict
from pebble import ProcessPool

from kabar_enrich.malloc_arenas import give_back_free_memory
from kabar_enrich.reading import Job, read_entries, warm_up

CHUNK: Final = 8
"""Entries that one process reads in one go: few enough that the others do not wait long for the last."""
CHUNK_TIMEOUT_S: Final = 10.0
"""A chunk takes a fraction of a second; one that takes so long has a bad article in it.

Not shorter: a process that is ended for being slow on a busy machine costs seconds to replace, and makes it busier.
"""
ALONE_TIMEOUT_S: Final = 5.0
"""Nearly every article is read in a fraction of that; the rest gets its time where nobody waits behind it."""
PATIENCE_S: Final = 1.0
"""How long those that are read wait for those that are not."""
CHUNKS_BETWEEN_COLLECTIONS: Final = 8
"""A collection takes a few milliseconds, since `prepare` leaves out what stays; these chunks take a hundred times as long."""

Read = Callable[[Sequence[Job]], list[HandOver | Dead]]


class ReadingPool:
    """A pool of processes that read entries."""

    def __init__(self, *, processes: int, article_timeout_s: float, memory_mb: int, read: Read = read_entries) -> None:
        self._read = read
        self._quarantine = Quarantine(timeout_s=article_timeout_s, memory_mb=memory_mb)
        self._reading: dict[bytes, asyncio.Task[HandOver | Dead]] = {}
        # Not fork: the worker has threads and open connections that a child must not share.
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPool(max_workers=processes, initializer=_begin, initargs=(memory_mb,), context=context)

    async def begin(self) -> None:
        """Wait until a process is ready to read: loading and compiling all it needs takes seconds."""
        await asyncio.wrap_future(self._pool.schedule(_answer))

    async def read(self, jobs: Mapping[bytes, Job]) -> list[HandOver | Dead | Retry]:
        """What becomes of each of these entries (id -> what to read), in their order.

        Retry for one that is still being read: ask again with the same id, and nothing is begun anew.
        """
        self._begin_reading({entry_id: job for entry_id, job in jobs.items() if entry_id not in self._reading})
        tasks = [self._reading[entry_id] for entry_id in jobs]
        try:
            await asyncio.wait(tasks, timeout=PATIENCE_S)
        except asyncio.CancelledError:
            for entry_id in jobs:
                self._reading.pop(entry_id).cancel()
            raise
        return [self._reading.pop(entry_id).result() if task.done() else _STILL_READING for entry_id, task in zip(jobs, tasks, strict=True)]

    def close(self) -> None:
        """End the processes; what they were reading is dropped."""
        self._pool.stop()  # type: ignore[no-untyped-call]  # pebble has it without types
        self._pool.join()
        self._quarantine.close()

    def _begin_reading(self, jobs: Mapping[bytes, Job]) -> None:
        ids = list(jobs)
        for at in range(0, len(ids), CHUNK):
            part = ids[at : at + CHUNK]
            chunk = asyncio.ensure_future(self._schedule([jobs[entry_id] for entry_id in part], timeout_s=CHUNK_TIMEOUT_S))
            for place, entry_id in enumerate(part):
                self._reading[entry_id] = asyncio.ensure_future(self._read_one(chunk, place, jobs[entry_id]))

    async def _read_one(self, chunk: asyncio.Future[list[HandOver | Dead]], place: int, job: Job) -> HandOver | Dead:
        """First in its chunk; if that fails, quickly alone; if that fails too, it is the suspect and gets all its time in quarantine."""
        with contextlib.suppress(Exception):
            return (await asyncio.shield(chunk))[place]
        with contextlib.suppress(Exception):
            return (await self._schedule([job], timeout_s=ALONE_TIMEOUT_S))[0]
        return _outcome(await self._quarantine.run_alone(self._read, [job]))

    async def _schedule(self, jobs: Sequence[Job], *, timeout_s: float) -> list[HandOver | Dead]:
        return await asyncio.wrap_future(self._pool.schedule(read_chunk, args=[self._read, list(jobs)], timeout=timeout_s))


def _outcome(verdict: Verdict[list[HandOver | Dead]]) -> HandOver | Dead:
    """What is to become of an entry that failed before, now that it was read alone with all the time that an article may take."""
    match verdict:
        case Result(value=outcomes):
            return outcomes[0]
        case ChildDied():
            return Dead(Reason.ENRICHER_DIED, f"reading it ended the process, alone and again: {verdict}")
        case TimedOut(timeout_s=timeout_s):
            return Dead(Reason.ENRICHER_TIMED_OUT, f"not read within {timeout_s:g} s, alone")
        case Raised(why=why):
            return Dead(Reason.HANDLER_RAISED, why)
        case NotRun(why=why):
            raise OSError(why)  # the machine's fault: it stays pending, and is claimed again
        case _ as never:
            assert_never(never)


_STILL_READING: Final = Retry("it is still being read")


_chunk_numbers: Final = itertools.count(1)
"""Of the chunks that this process reads."""


def read_chunk(read: Read, jobs: Sequence[Job]) -> list[HandOver | Dead]:
    """What `read` says, after a full garbage collection now and then, whose memory goes back to the system.

    Python keeps up to 2,000 freed tuples of each length, and lets go of them at full collections only. Reading leaves
    hardly any garbage, so that by itself the next one comes after tens of thousands of articles.
    """
    if next(_chunk_numbers) % CHUNKS_BETWEEN_COLLECTIONS == 0:
        gc.collect()
        give_back_free_memory()
    return read(jobs)


def _answer() -> None:
    """Nothing: that it runs is the answer."""


def _begin(memory_mb: int) -> None:
    end_with_parent()
    limit_memory(memory_mb)
    prepare()


def prepare() -> None:
    """Load all that reading needs, and leave it out of the collections to come: to look through it takes as long as ten articles."""
    warm_up()
    gc.collect()
    gc.freeze()
