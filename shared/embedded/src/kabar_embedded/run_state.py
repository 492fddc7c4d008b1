"""What a supervisor started, on disk (`run.json`): enough to stop exactly that, even after the supervisor was killed."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import psutil

if TYPE_CHECKING:
    from collections.abc import Sequence

Phase = Literal["starting", "ready", "stopping"]

STATE_NAME = "run.json"
STATE_VERSION = 1
TOKEN_VARIABLE = "KABAR_RUN_TOKEN"  # noqa: S105
"""In the environment of everything a supervisor starts: a random mark that names the run."""

CREATED_TOLERANCE_S = 1.0
"""A pid comes back at the earliest after thousands of others; the clock, however, is read with jitter."""


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """One process of a run. A pid alone proves nothing, because the system gives it out again: `created_at` goes with it."""

    name: str
    pid: int
    created_at: float
    """Seconds since the epoch, as the system tells it."""
    argv: tuple[str, ...]
    address: str | None = None
    log_path: str | None = None
    started_at: str = ""
    """ISO 8601 in UTC, for people."""
    stop_grace_s: float = 10.0
    group: int = 0
    """Groups are started in this order and stopped in the opposite one."""
    restarts: int = 0


@dataclass(frozen=True, kw_only=True)
class RunState:
    """A run: its supervisor, and what it started so far."""

    token: str
    phase: Phase
    supervisor: Recorded
    processes: tuple[Recorded, ...] = ()

    def with_process(self, process: Recorded) -> RunState:
        """The state with this process in the place of the former one of its name."""
        others = tuple(each for each in self.processes if each.name != process.name)
        return replace(self, processes=(*others, process))

    def without_process(self, name: str) -> RunState:
        """The state without it."""
        return replace(self, processes=tuple(each for each in self.processes if each.name != name))


def write_state(state_dir: Path, state: RunState) -> None:
    """Replace `run.json` in one step: a reader sees the old or the new one, never a half."""
    payload = json.dumps({"version": STATE_VERSION, **asdict(state)}, indent=2)
    descriptor, temporary = tempfile.mkstemp(prefix=f".{STATE_NAME}-", dir=state_dir)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(payload + "\n")
        Path(temporary).replace(state_dir / STATE_NAME)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read_state(state_dir: Path) -> RunState | None:
    """The recorded run, or None if there is none, or none that this version can read."""
    try:
        document = json.loads((state_dir / STATE_NAME).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, json.JSONDecodeError):
        return None
    if document.get("version") != STATE_VERSION:
        return None
    return RunState(
        token=document["token"],
        phase=document["phase"],
        supervisor=_recorded(document["supervisor"]),
        processes=tuple(_recorded(each) for each in document["processes"]),
    )


def remove_state(state_dir: Path) -> None:
    """Forget the run."""
    (state_dir / STATE_NAME).unlink(missing_ok=True)


def find(recorded: Recorded) -> psutil.Process | None:
    """The very process that was recorded, if it still lives. Another one with its pid is not it; neither is a zombie."""
    try:
        process = psutil.Process(recorded.pid)
        if not is_same(recorded, created_at=process.create_time()) or process.status() == psutil.STATUS_ZOMBIE:
            return None
    except psutil.Error:
        return None
    return process


def is_same(recorded: Recorded, *, created_at: float) -> bool:
    """Whether a process with the recorded pid and this creation time is the recorded one."""
    return abs(recorded.created_at - created_at) <= CREATED_TOLERANCE_S


def bearing_token(token: str) -> list[psutil.Process]:
    """Every process of ours that carries the run's token, but this one: what a killed supervisor had no time to record.

    Processes of other people, whose environment is closed to us, are none of ours.
    """
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and process.environ().get(TOKEN_VARIABLE) == token:
                found.append(process)
    return found


def in_stop_order(processes: Sequence[Recorded]) -> list[list[Recorded]]:
    """Groups, the last started first."""
    groups = sorted({each.group for each in processes}, reverse=True)
    return [[each for each in processes if each.group == group] for group in groups]


def _recorded(document: dict[str, object]) -> Recorded:
    return Recorded(**{**document, "argv": tuple(document["argv"])})  # type: ignore[arg-type]
