"""An entry that kills each worker that handles it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from kabar_chassis.delivery.room import MAX_ATTEMPTS
from kabar_contracts.streams import ENRICHED, RAW, RAW_DEAD, Group
from kabar_embedded import RunningServer
from redis import Redis
from waiting import eventually

PROGRAM = Path(__file__).parents[2] / "support" / "deadly_worker.py"
NEIGHBOURS = 20
DEADLY_AT = (3, 11)


class Crew:
    """Two workers, each replaced when it dies."""

    def __init__(self, url: str, log: BinaryIO) -> None:
        self._command = [sys.executable, str(PROGRAM), url]
        self._log = log
        self.died: list[int] = []
        """Exit codes of those that died."""
        self._children = [self._start(), self._start()]

    def tend(self) -> None:
        for at, child in enumerate(self._children):
            if child.poll() is not None:
                self.died.append(child.returncode)
                self._children[at] = self._start()

    def end(self) -> None:
        for child in self._children:
            child.kill()
            child.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, stdout=self._log, stderr=subprocess.STDOUT)


@contextmanager
def crew(url: str, folder: Path) -> Iterator[Crew]:
    with (folder / "workers.log").open("wb") as log:
        crew = Crew(url, log)
        try:
            yield crew
        finally:
            crew.end()


def test_it_is_given_up_after_five_counted_deliveries_and_its_neighbours_are_handed_over(
    redis_server: RunningServer, tmp_path: Path
) -> None:
    with Redis.from_url(redis_server.url) as redis:
        redis.flushall()
        redis.xgroup_create(RAW.name, Group.ENRICH, id="0", mkstream=True)
        for number in range(NEIGHBOURS):
            fields: Any = {b"data": b"%d" % number} | ({b"deadly": b"1"} if number in DEADLY_AT else {})
            redis.xadd(RAW.name, fields)
        with crew(redis_server.url, tmp_path) as workers:

            def settled() -> object:
                workers.tend()
                summary: Any = redis.xpending(RAW.name, Group.ENRICH)
                letters, handed_over = int(redis.xlen(RAW_DEAD.name)), int(redis.xlen(ENRICHED.name))
                return letters == len(DEADLY_AT) and summary["pending"] == 0 and handed_over >= NEIGHBOURS - len(DEADLY_AT)

            eventually(settled, within_s=120, what="the deadly are given up and all others handed over")
        letters: Any = redis.xrange(RAW_DEAD.name)
        assert {letter[b"data"] for _, letter in letters} == {b"%d" % number for number in DEADLY_AT}
        assert {letter[b"dead.reason"] for _, letter in letters} == {b"attempts_exhausted"}
        assert {int(letter[b"dead.attempts"]) for _, letter in letters} == {MAX_ATTEMPTS + 1}
        handed_over: Any = redis.xrange(ENRICHED.name)
        assert {fields[b"data"] for _, fields in handed_over} == {b"%d" % n for n in range(NEIGHBOURS) if n not in DEADLY_AT}
        assert set(workers.died) == {-9}
