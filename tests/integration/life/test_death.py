"""A worker that reads no more ends by itself, so that somebody starts it again: a process that only exists helps nobody."""

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from kabar_embedded import free_port, start_redis
from waiting import eventually
from worker_process import WorkerProcess

HEARS_S = 1.5
"""As the program has it."""
ENDS_S = 15.0
WAYS = ("stopped", "stuck", "clinging")
PROGRAM = Path(__file__).with_name("deaf_worker.py")


@dataclass(slots=True)
class Death:
    """How one worker came to its end."""

    worker: WorkerProcess
    statuses: set[int] = field(default_factory=set)
    """What `/livez` said while it lived."""
    lived_s: float = 0.0
    """From where it could be seen reading to its end."""


@pytest.fixture(scope="module")
def deaths(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Death]]:
    """All ways to die, at the same time: the slowest takes thirteen seconds."""
    folder = tmp_path_factory.mktemp("deaths")
    found: dict[str, Death] = {}
    with start_redis(folder / "redis") as server:
        try:
            for way in WAYS:
                port, log_path = free_port(), folder / f"{way}.log"
                with log_path.open("wb") as log:
                    argv = [sys.executable, str(PROGRAM), server.url, str(port), way]
                    child = subprocess.Popen(argv, stdout=log, stderr=subprocess.STDOUT)
                found[way] = Death(WorkerProcess(child, port, log_path))
            _watch(list(found.values()))
            yield found
        finally:
            for death in found.values():
                if death.worker.child.poll() is None:
                    death.worker.kill()


def _watch(deaths: list[Death]) -> None:
    for death in deaths:
        eventually(lambda worker=death.worker: worker.health("/readyz") == 200, within_s=20, what="it reads")  # type: ignore[misc]
    began_at = time.monotonic()

    def all_ended() -> bool:
        for death in deaths:
            if death.worker.child.poll() is not None:
                continue
            death.lived_s = time.monotonic() - began_at
            if status := death.worker.health("/livez"):
                death.statuses.add(status)
        return all(death.worker.child.poll() is not None for death in deaths)

    eventually(all_ended, within_s=30, what="all have ended")


@pytest.mark.parametrize("way", WAYS)
def test_a_worker_that_reads_no_more_ends_with_an_error_by_itself_and_its_health_says_so_before(deaths: dict[str, Death], way: str) -> None:
    death = deaths[way]
    assert death.worker.child.returncode == 1, death.worker.log()
    assert death.statuses == {200, 503}
    assert "worker_died" in death.worker.log()
    assert death.lived_s < HEARS_S + ENDS_S
