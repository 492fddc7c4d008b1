"""Reads entries in child processes: CPU work off the event loop, and no article can take the worker with it.

A chunk whose process died or ran out of time is read again, one entry at a time; only an entry that fails alone, and
fails again, is blamed.
"""

import asyncio
import multiprocessing
import os
import threading
from collections.abc import Sequence
from concurrent.futures import TimeoutError as TimedOut
from typing import Final

from kabar_chassis.delivery.outcome import Dead, HandOver, Reason
from pebble import ProcessExpired, ProcessPool

from kabar_enrich.reading import Job, read_entries

CHUNK: Final = 8
"""Entries that one process reads in one go: few enough that the others do not wait long for the last."""
TRIES_ALONE: Final = 2


class ReadingPool:
    """A pool of processes that read entries."""

    def __init__(self, *, processes: int, article_timeout_s: float) -> None:
        self._article_timeout_s = article_timeout_s
        # Not fork: the worker has threads and open connections that a child must not share.
        self._pool = ProcessPool(max_workers=processes, initializer=_end_with_parent, context=multiprocessing.get_context("spawn"))

    async def read(self, jobs: Sequence[Job]) -> list[HandOver | Dead]:
        """What becomes of each of these entries, in their order."""
        chunks = [jobs[at : at + CHUNK] for at in range(0, len(jobs), CHUNK)]
        return [outcome for outcomes in await asyncio.gather(*map(self._read_chunk, chunks)) for outcome in outcomes]

    def close(self) -> None:
        """End the processes; what they were reading is dropped."""
        self._pool.stop()  # type: ignore[no-untyped-call]  # pebble has it without types
        self._pool.join()

    async def _read_chunk(self, jobs: Sequence[Job]) -> list[HandOver | Dead]:
        try:
            return await self._schedule(jobs)
        except (ProcessExpired, TimedOut):
            return [await self._read_alone(job) for job in jobs]

    async def _read_alone(self, job: Job) -> HandOver | Dead:
        verdict = Dead(Reason.ENRICHER_DIED, "")
        for _ in range(TRIES_ALONE):
            try:
                return (await self._schedule([job]))[0]
            except ProcessExpired as error:
                verdict = Dead(Reason.ENRICHER_DIED, f"the process reading it ended with exit code {error.exitcode}, {TRIES_ALONE} times")
            except TimedOut:
                verdict = Dead(Reason.ENRICHER_TIMED_OUT, f"not read within {self._article_timeout_s:g} s, {TRIES_ALONE} times")
        return verdict

    async def _schedule(self, jobs: Sequence[Job]) -> list[HandOver | Dead]:
        future = self._pool.schedule(read_entries, args=[list(jobs)], timeout=self._article_timeout_s * len(jobs))
        return await asyncio.wrap_future(future)


def _end_with_parent() -> None:
    """Let no child outlive a worker that was killed."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
