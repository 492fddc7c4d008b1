"""Processes that are started again when they die, as an orchestrator would, and ended by pid when the run is over."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen
from typing import Final

import psutil
from kabar_embedded import EmbeddedError, Process
from kabar_embedded.processes import end_child, exit_reason, spawn, wait_until_ready

POLL_S: Final = 0.05
RESTART_AFTER_S: Final = 1.0
ORPHAN_GRACE_S: Final = 5.0
"""How long the children of a process that ended may take to end too."""


@dataclass(frozen=True, slots=True)
class Death:
    """One end of a process that the run did not end."""

    at: float
    """By the monotonic clock."""
    pid: int
    reason: str
    """`SIGKILL`, `code 1`."""


@dataclass(slots=True, kw_only=True)
class Managed:
    """One process through all its lives."""

    process: Process
    deaths: list[Death] = field(default_factory=list)
    restarts: int = 0
    """How many times it was started again."""
    refusals: list[str] = field(default_factory=list)
    """Why it could not be started again; each was tried once more."""
    _child: Popen[bytes] | None = None
    _start_at: float = 0.0
    _kin: list[psutil.Process] = field(default_factory=list)
    """Children it ever had, as far as they were seen."""
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def name(self) -> str:
        """What it is called in `System.processes`."""
        return self.process.name

    @property
    def pid(self) -> int | None:
        """The living process; None while it is dead."""
        with self._lock:
            return self._child.pid if self._child is not None and self._child.poll() is None else None

    @property
    def log_path(self) -> Path:
        """What it logs in this life; those before lie beside it as `<name>.1`, `<name>.2` and so on."""
        return self.process.log_path

    @property
    def logs(self) -> list[Path]:
        """The logs of all lives, the first first."""
        earlier = [self._earlier_log(life) for life in range(1, self.restarts + 1)]
        return [path for path in (*earlier, self.log_path) if path.exists()]

    def signal(self, number: signal.Signals) -> int | None:
        """Send a signal to the process itself, not to its children. Returns its pid; None when it is dead and nothing was sent."""
        with self._lock:
            pid = self.pid
            if pid is not None:
                self._note_kin()
                os.kill(pid, number)
            return pid

    def start(self) -> None:
        """Start it for the first time. Raises EmbeddedError."""
        self._child = spawn(self.process)

    def wait_until_ready(self) -> None:
        """Wait until it was ready for the first time. Raises EmbeddedError when it never will be."""
        if self._child is not None:
            wait_until_ready(self.process, self._child)

    def tend(self) -> None:
        """Note a death, and start it again when its time has come."""
        with self._lock:
            child, now = self._child, time.monotonic()
            if child is not None and child.poll() is not None:
                self.deaths.append(Death(now, child.pid, exit_reason(child.returncode)))
                self._child, self._start_at = None, now + RESTART_AFTER_S
            elif child is None and now >= self._start_at:
                self._start_again(now)

    def stop(self) -> None:
        """End it by SIGTERM, and by SIGKILL after its grace time."""
        with self._lock:
            self._note_kin()
            if self._child is not None:
                end_child(self._child, grace_s=self.process.stop_grace_s)

    def end_orphans(self) -> list[str]:
        """End the children that outlived it. Returns what they were; none is as it should be."""
        _, alive = psutil.wait_procs([child for child in self._kin if child.is_running()], timeout=ORPHAN_GRACE_S)
        orphans = []
        for child in alive:
            with contextlib.suppress(psutil.NoSuchProcess):
                orphans.append(f"{self.name}: {child.pid} {child.name()}")
                child.kill()
        return orphans

    def _start_again(self, now: float) -> None:
        if self.log_path.exists():
            self.log_path.replace(self._earlier_log(self.restarts + 1))
        self.restarts += 1
        try:
            self._child = spawn(self.process)
        except EmbeddedError as error:
            self.refusals.append(str(error))
            self._start_at = now + RESTART_AFTER_S

    def _earlier_log(self, life: int) -> Path:
        return self.log_path.with_name(f"{self.log_path.name}.{life}")

    def _note_kin(self) -> None:
        known = {(child.pid, child.create_time()) for child in self._kin}
        with contextlib.suppress(psutil.Error):
            if self.pid is not None:
                children = psutil.Process(self.pid).children(recursive=True)
                self._kin += [child for child in children if (child.pid, child.create_time()) not in known]


@contextmanager
def supervised(groups: Sequence[Sequence[Managed]]) -> Iterator[list[str]]:
    """Start these, each group once the one before is ready; keep them running while the block runs; end the last group first.

    The list that the block gets is filled when it has ended: with what outlived its parent, and had to be killed.
    """
    everybody = [managed for group in groups for managed in group]
    over, orphans = threading.Event(), list[str]()
    watch = threading.Thread(target=_keep_running, args=(everybody, over), name="supervisor")
    try:
        for group in groups:
            for managed in group:
                managed.start()
            for managed in group:
                managed.wait_until_ready()
        watch.start()
        yield orphans
    finally:
        over.set()
        if watch.ident is not None:
            watch.join()
        for group in reversed(groups):
            _stop_together(group)
        for managed in everybody:
            orphans += managed.end_orphans()


def _keep_running(everybody: Sequence[Managed], over: threading.Event) -> None:
    while not over.wait(POLL_S):
        for managed in everybody:
            managed.tend()


def _stop_together(group: Sequence[Managed]) -> None:
    threads = [threading.Thread(target=managed.stop, name=f"stop-{managed.name}") for managed in group]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
