"""A foreground supervisor: starts groups of processes in order, keeps them running, stops them in the opposite order."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import signal
import sys
import threading
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

import psutil

from kabar_embedded.errors import AlreadyUpError, EmbeddedError, ServerStartError
from kabar_embedded.processes import POLL_S, Process, created_at, exit_reason, is_ready, spawn, start_error, tail
from kabar_embedded.run_state import (
    TOKEN_VARIABLE,
    Recorded,
    RunState,
    find,
    read_state,
    remove_state,
    write_state,
)
from kabar_embedded.stopping import stop_leftovers

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from types import FrameType

LONGEST_BACKOFF_S = 30.0
STABLE_AFTER_S = 60.0
KILL_WAIT_S = 10.0

EventKind = Literal["starting", "ready", "exited", "restarting", "start_failed", "stopping", "stopped", "killed", "leftover"]


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened to a process, for whoever tells the user."""

    kind: EventKind
    name: str
    pid: int | None = None
    detail: str = ""


def supervise(
    groups: Sequence[Process | Sequence[Process]],
    *,
    state_dir: Path,
    on_event: Callable[[Event], None] | None = None,
    on_ready: Callable[[], None] | None = None,
) -> int:
    """Run everything until SIGTERM, SIGINT or SIGHUP, in the foreground and in the main thread. Returns an exit code.

    Processes of one inner sequence start together; a group starts when the one before is ready. A crashed service is
    started again after 1 s, then 2, 4 ... 30 s, and after 1 s again once it has lived for a minute. `on_ready` runs once,
    in this thread, when all processes are ready; while it runs nobody watches them, its exceptions end the run, and the
    run counts as ready (`wait_until_up`) once it has returned.
    A second signal during the stop kills what is left. What a killed supervisor left in `state_dir` is stopped first.

    0: stopped by a signal. 1: a process with `restart=False` ended.
    Raises `EmbeddedError` when one could not be started (all others are stopped then), `AlreadyUpError` when another
    supervisor holds the folder, `ValueError` when two processes have one name.
    """
    in_groups = [[each] if isinstance(each, Process) else list(each) for each in groups]
    names = [process.name for group in in_groups for process in group]
    if len(set(names)) < len(names):
        raise ValueError(f"Every process needs a name of its own: {names}")
    with _sole_supervisor(state_dir):
        report = on_event or print_event
        _clear_leftovers(state_dir, report)
        run = _Run(groups=in_groups, state_dir=state_dir, report=report)
        with _signals(run.request_stop):
            try:
                run.start_all()
                if on_ready and run.goes_on:
                    on_ready()
                run.note_ready()
                return run.watch()
            finally:
                run.stop_all()
                remove_state(state_dir)


def wait_until_up(state_dir: Path, *, supervisor_pid: int, log_path: Path, timeout_s: float) -> None:
    """Wait until a supervisor that was started with `start_detached` has everything ready.

    Raises `ServerStartError` with the end of its log when it ended, or was not ready in time (it goes on then).
    """
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        state = read_state(state_dir)
        if state and state.supervisor.pid == supervisor_pid and state.phase == "ready":
            return
        if not _lives(supervisor_pid):
            raise ServerStartError("The supervisor", "ended", log_path=log_path, log_tail=tail(log_path))
        time.sleep(POLL_S)
    raise ServerStartError("The system", f"was not ready after {timeout_s:g} s", log_path=log_path, log_tail=tail(log_path))


def restart_delay_s(crashes: int) -> float:
    """How long to wait before the next start, after so many crashes in a row (1 or more)."""
    return min(2.0 ** (crashes - 1), LONGEST_BACKOFF_S)


def crashes_in_a_row(before: int, *, lived_s: float) -> int:
    """The count after one more crash of a process that lived so long."""
    return 1 if lived_s >= STABLE_AFTER_S else before + 1


def print_event(event: Event) -> None:
    """One line on stderr."""
    pid = f" (pid {event.pid})" if event.pid else ""
    detail = f": {event.detail}" if event.detail else ""
    sys.stderr.write(f"{event.kind:>12} {event.name}{pid}{detail}\n")
    sys.stderr.flush()


@dataclass(kw_only=True)
class _Slot:
    """One process of the run, through all its lives."""

    process: Process
    group: int
    child: subprocess.Popen[bytes] | None = None
    began_at: float = 0.0
    crashes: int = 0
    restarts: int = 0
    next_start_at: float | None = None


@dataclass(kw_only=True)
class _Run:
    groups: list[list[Process]]
    state_dir: Path
    report: Callable[[Event], None]
    slots: list[_Slot] = field(default_factory=list)
    signals: int = 0
    is_over: bool = False
    """A process ended that must not."""
    _wake: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.state = RunState(token=secrets.token_hex(16), phase="starting", supervisor=_this_process())
        write_state(self.state_dir, self.state)

    @property
    def stop_requested(self) -> bool:
        return self.signals > 0

    @property
    def goes_on(self) -> bool:
        return not self.stop_requested and not self.is_over

    def request_stop(self) -> None:
        self.signals += 1
        self._wake.set()

    def start_all(self) -> None:
        for number, group in enumerate(self.groups):
            waiting = [_Slot(process=process, group=number) for process in group]
            for slot in waiting:
                if not self.goes_on:
                    return
                self.slots.append(slot)
                self._spawn(slot)
            self._wait_for(waiting)

    def note_ready(self) -> None:
        if self.goes_on:
            self._record(replace(self.state, phase="ready"))

    def watch(self) -> int:
        while self.goes_on:
            self._tend()
            self._wake.wait(POLL_S * 2)
        return 1 if self.is_over else 0

    def stop_all(self) -> None:
        self._record(replace(self.state, phase="stopping"))
        for number in sorted({slot.group for slot in self.slots}, reverse=True):
            self._stop([slot for slot in self.slots if slot.group == number])

    def _wait_for(self, waiting: list[_Slot]) -> None:
        while waiting and self.goes_on:
            for slot in list(waiting):
                if self._is_ready(slot):
                    waiting.remove(slot)
            # Those of earlier groups may crash meanwhile.
            self._tend(except_for=waiting)
            self._wake.wait(POLL_S)

    def _is_ready(self, slot: _Slot) -> bool:
        process, child = slot.process, slot.child
        if child is None:
            return False
        ready = is_ready(process, child)
        if not ready and time.monotonic() - slot.began_at > process.ready_timeout_s:
            raise start_error(process, f"was not ready after {process.ready_timeout_s:g} s")
        if ready:
            self.report(Event(kind="ready", name=process.name, pid=child.pid, detail=process.address or ""))
            if process.kind == "task":
                self._forget(slot)
            if process.after_ready:
                process.after_ready()
        return ready

    def _tend(self, *, except_for: Sequence[_Slot] = ()) -> None:
        """Look after every process that was ready once."""
        for slot in self.slots:
            if any(slot is other for other in except_for) or slot.process.kind == "task":
                continue
            if slot.child is not None and slot.child.poll() is not None:
                self._note_exit(slot, slot.child)
            if slot.next_start_at is not None and time.monotonic() >= slot.next_start_at:
                self._start_again(slot)

    def _note_exit(self, slot: _Slot, child: subprocess.Popen[bytes]) -> None:
        self.report(Event(kind="exited", name=slot.process.name, pid=child.pid, detail=exit_reason(child.returncode)))
        self._forget(slot)
        if slot.process.restart:
            self._schedule(slot, lived_s=time.monotonic() - slot.began_at)
        else:
            self.is_over = True

    def _schedule(self, slot: _Slot, *, lived_s: float) -> None:
        slot.crashes = crashes_in_a_row(slot.crashes, lived_s=lived_s)
        delay_s = restart_delay_s(slot.crashes)
        slot.next_start_at = time.monotonic() + delay_s
        self.report(Event(kind="restarting", name=slot.process.name, detail=f"in {delay_s:g} s"))

    def _start_again(self, slot: _Slot) -> None:
        slot.next_start_at = None
        slot.restarts += 1
        try:
            self._spawn(slot)
        except EmbeddedError as error:
            self.report(Event(kind="start_failed", name=slot.process.name, detail=str(error)))
            self._schedule(slot, lived_s=0.0)

    def _spawn(self, slot: _Slot) -> None:
        slot.began_at = time.monotonic()
        process = slot.process
        child = spawn(process, extra_env={TOKEN_VARIABLE: self.state.token})
        slot.child = child
        self._record(
            self.state.with_process(
                Recorded(
                    name=process.name,
                    pid=child.pid,
                    # It cannot be gone: nobody but us reaps it.
                    created_at=created_at(child.pid) or time.time(),
                    argv=process.argv,
                    address=process.address,
                    log_path=str(process.log_path),
                    started_at=_now(),
                    stop_grace_s=process.stop_grace_s,
                    group=slot.group,
                    restarts=slot.restarts,
                )
            )
        )
        self.report(Event(kind="starting", name=process.name, pid=child.pid))

    def _stop(self, group: Sequence[_Slot]) -> None:
        living = [(slot, slot.child) for slot in group if slot.child is not None and slot.child.poll() is None]
        for slot, child in living:
            self.report(Event(kind="stopping", name=slot.process.name, pid=child.pid))
            child.terminate()
            # A paused one gets its SIGTERM only when it goes on.
            child.send_signal(signal.SIGCONT)
        asked_at = time.monotonic()
        for slot, child in living:
            while child.poll() is None:
                is_late = time.monotonic() - asked_at > slot.process.stop_grace_s
                if is_late or self.signals > 1:
                    child.kill()
                    child.wait(KILL_WAIT_S)
                    self.report(
                        Event(kind="killed", name=slot.process.name, pid=child.pid, detail=f"after {time.monotonic() - asked_at:.0f} s")
                    )
                else:
                    time.sleep(POLL_S)
        for slot in group:
            self._forget(slot)
        for slot, child in living:
            if child.returncode != -signal.SIGKILL:
                self.report(Event(kind="stopped", name=slot.process.name, pid=child.pid))

    def _forget(self, slot: _Slot) -> None:
        slot.child = None
        self._record(self.state.without_process(slot.process.name))

    def _record(self, state: RunState) -> None:
        self.state = state
        write_state(self.state_dir, state)


def _clear_leftovers(state_dir: Path, report: Callable[[Event], None]) -> None:
    state = read_state(state_dir)
    if state is None:
        return
    for stopped in stop_leftovers(state):
        report(Event(kind="leftover", name=stopped.name, pid=stopped.pid, detail=stopped.how))
    remove_state(state_dir)


def _this_process() -> Recorded:
    pid = os.getpid()
    return Recorded(name="supervisor", pid=pid, created_at=created_at(pid) or time.time(), argv=tuple(sys.orig_argv), started_at=_now())


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


@contextlib.contextmanager
def _sole_supervisor(state_dir: Path) -> Iterator[None]:
    state_dir.mkdir(parents=True, exist_ok=True)
    with (state_dir / "up.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            state = read_state(state_dir)
            holder = state.supervisor.pid if state and find(state.supervisor) else None
            raise AlreadyUpError(state_dir, supervisor_pid=holder) from None
        yield


@contextlib.contextmanager
def _signals(request_stop: Callable[[], None]) -> Iterator[None]:
    def handle(_number: int, _frame: FrameType | None) -> None:
        request_stop()

    # Under nohup a hang-up is to be ignored, and stays so.
    caught = [
        number
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
        if signal.getsignal(number) is not signal.SIG_IGN or number is not signal.SIGHUP
    ]
    former = {number: signal.signal(number, handle) for number in caught}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
