"""`down` and `status`: what a recorded run still has running, and how to end exactly that."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import psutil

from kabar_embedded.processes import POLL_S
from kabar_embedded.run_state import (
    Phase,
    Recorded,
    RunState,
    bearing_token,
    find,
    in_stop_order,
    read_state,
    remove_state,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

KILL_WAIT_S = 10.0
SUPERVISOR_EXTRA_S = 10.0

How = Literal["stopped", "killed", "gone"]
"""`gone`: it had ended before, whatever has its pid now."""


@dataclass(frozen=True, kw_only=True)
class Stopped:
    """What became of one process."""

    name: str
    pid: int
    how: How


@dataclass(frozen=True, kw_only=True)
class Status:
    """One recorded process and whether it lives."""

    recorded: Recorded
    is_running: bool


@dataclass(frozen=True, kw_only=True)
class Running:
    """A recorded run. `processes` are in the order of their start."""

    phase: Phase
    supervisor: Status
    processes: tuple[Status, ...]


def running(state_dir: Path) -> Running | None:
    """What is recorded in this folder and what of it lives, or None if nothing is recorded."""
    state = read_state(state_dir)
    if state is None:
        return None
    in_start_order = sorted(state.processes, key=lambda each: each.group)
    return Running(phase=state.phase, supervisor=_status(state.supervisor), processes=tuple(map(_status, in_start_order)))


def stop_recorded(state_dir: Path) -> list[Stopped]:
    """Stop the run recorded in this folder and forget it; safe to repeat. Returns what became of each process.

    A supervisor that lives does it itself; otherwise its processes are ended here, the last started first. Nothing is
    touched that merely has the pid of something recorded.
    """
    state = read_state(state_dir)
    if state is None:
        return []
    patience_s = sum(max(each.stop_grace_s for each in group) for group in in_stop_order(state.processes))
    outcome = {each.pid: Stopped(name=each.name, pid=each.pid, how="stopped") for each in state.processes if find(each)}
    ended_here = stop_group([state.supervisor], grace_s=patience_s + SUPERVISOR_EXTRA_S)
    # A supervisor that had to be killed may have started something since we looked.
    ended_here += stop_leftovers(read_state(state_dir) or state)
    for stopped in ended_here:
        if stopped.how != "gone" or stopped.pid not in outcome:
            outcome[stopped.pid] = stopped
    remove_state(state_dir)
    return list(outcome.values())


def stop_leftovers(state: RunState) -> list[Stopped]:
    """End what a run left behind without its supervisor: what it recorded, then whatever else bears its token."""
    outcome = [stopped for group in in_stop_order(state.processes) for stopped in stop_group(group)]
    unrecorded = [process for process in bearing_token(state.token) if process.pid != state.supervisor.pid]
    return outcome + _end([(_name(process), process) for process in unrecorded], grace_s=KILL_WAIT_S)


def stop_group(group: Sequence[Recorded], *, grace_s: float | None = None) -> list[Stopped]:
    """End these together: SIGTERM, the longest grace time among them (or `grace_s`), SIGKILL."""
    living = [(each.name, process) for each in group if (process := find(each))]
    gone = [Stopped(name=each.name, pid=each.pid, how="gone") for each in group if each.pid not in {p.pid for _, p in living}]
    longest = max((each.stop_grace_s for each in group), default=0.0) if grace_s is None else grace_s
    return gone + _end(living, grace_s=longest)


def _end(living: Sequence[tuple[str, psutil.Process]], *, grace_s: float) -> list[Stopped]:
    for _, process in living:
        # psutil compares creation times itself before it signals, which closes the gap since we looked.
        with contextlib.suppress(psutil.Error):
            process.terminate()
            process.resume()
    deadline = time.monotonic() + grace_s
    while any(_lives(process) for _, process in living) and time.monotonic() < deadline:
        time.sleep(POLL_S)
    outcome = []
    for name, process in living:
        how: How = "stopped"
        if _lives(process):
            how = "killed"
            with contextlib.suppress(psutil.Error):
                process.kill()
        outcome.append(Stopped(name=name, pid=process.pid, how=how))
    killed_by = time.monotonic() + KILL_WAIT_S
    while any(_lives(process) for _, process in living) and time.monotonic() < killed_by:
        time.sleep(POLL_S)
    return outcome


def _lives(process: psutil.Process) -> bool:
    # A zombie has ended; where the first process of a container reaps nobody, it stays one.
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _status(recorded: Recorded) -> Status:
    return Status(recorded=recorded, is_running=find(recorded) is not None)


def _name(process: psutil.Process) -> str:
    with contextlib.suppress(psutil.Error):
        return process.name()
    return "?"
