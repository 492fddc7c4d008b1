"""One child process: what it is (`Process`), and one that runs (`RunningServer`).

Tests start one spec and wait (`start`); the supervisor starts many. Both go through `spawn` and `wait_until_ready`.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import signal
import subprocess
import time
import weakref
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Self

import psutil

from kabar_embedded.errors import BinaryMissingError, DirectoryInUseError, ServerStartError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from types import TracebackType

POLL_S = 0.05
LOG_TAIL_BYTES = 4_000
DIRECTORY_RELEASE_S = 5.0
"""How long a server that was just killed may take to let go of its folder (a forked Redis child outlives it a little)."""


@dataclass(frozen=True, kw_only=True)
class Process:
    """What is to run. Plain data and a few callables, so that it can be started again after a crash."""

    name: str
    argv: tuple[str, ...]
    log_path: Path
    """Takes stdout and stderr. One run a file; the run before is kept beside it as `<name>.1`."""
    env: Mapping[str, str | None] = field(default_factory=dict)
    """Changes to the starter's environment; `None` removes a variable."""
    cwd: Path | None = None
    kind: Literal["service", "task"] = "service"
    """A task is ready when it ended with code 0, and is run once."""
    prepare: Callable[[], None] | None = None
    """Runs before every start, restarts included: writes configuration, checks the port. May raise `EmbeddedError`."""
    ready: Callable[[], bool] | None = None
    """Asked until it says yes; must not block for more than about a second. May raise `EmbeddedError` to give up."""
    ready_timeout_s: float = 60.0
    after_ready: Callable[[], None] | None = None
    stop_grace_s: float = 10.0
    """Between SIGTERM and SIGKILL."""
    restart: bool = True
    """Started again after a crash. Otherwise its end ends the whole supervised run."""
    address: str | None = None
    """Where it answers, for people: `redis://127.0.0.1:6379/0`, `http://127.0.0.1:9201`."""
    lock_path: Path | None = None
    """A file the child holds locked for as long as it lives: two servers on one folder would damage its data."""


@dataclass(frozen=True, kw_only=True)
class RunningServer:
    """A server that answered. Ended by `stop`, by leaving its `with` block, or at the latest with the interpreter."""

    name: str
    pid: int
    host: str
    port: int
    url: str
    directory: Path
    log_path: Path
    stop_grace_s: float
    _child: subprocess.Popen[bytes] = field(repr=False, compare=False)

    @property
    def is_running(self) -> bool:
        """Whether the process lives, paused or not."""
        return self._child.poll() is None

    def stop(self) -> None:
        """End it in order (SIGTERM, then SIGKILL after its grace time) and wait for that. Twice is harmless."""
        end_child(self._child, grace_s=self.stop_grace_s)

    def kill(self) -> None:
        """End it as a crash would (SIGKILL) and wait for that."""
        self._child.kill()
        self._child.wait()

    def pause(self) -> None:
        """Freeze it (SIGSTOP): connections stay open, nothing answers."""
        self._child.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a paused server go on (SIGCONT)."""
        self._child.send_signal(signal.SIGCONT)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None) -> None:
        self.stop()


_children_of_this_interpreter: weakref.WeakSet[subprocess.Popen[bytes]] = weakref.WeakSet()


_detached: list[subprocess.Popen[bytes]] = []
"""Kept only because Python warns when it forgets a child that still runs, which these are meant to do."""


@atexit.register
def _stop_what_was_left() -> None:
    for child in list(_children_of_this_interpreter):
        end_child(child, grace_s=5.0)


def start(process: Process, *, host: str, port: int, url: str, directory: Path) -> RunningServer:
    """Start one process, wait until it is ready, and hand it out.

    Raises `EmbeddedError`; nothing is left running then.
    """
    child = spawn(process)
    _children_of_this_interpreter.add(child)
    try:
        wait_until_ready(process, child)
    except BaseException:
        child.kill()
        child.wait()
        raise
    if process.after_ready:
        process.after_ready()
    return RunningServer(
        name=process.name,
        pid=child.pid,
        host=host,
        port=port,
        url=url,
        directory=directory,
        log_path=process.log_path,
        stop_grace_s=process.stop_grace_s,
        _child=child,
    )


def spawn(process: Process, *, extra_env: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Start the process in a session of its own, so that Ctrl-C and a closing terminal reach only its starter.

    Raises `EmbeddedError` when it cannot be started: no such program, port taken, folder in use.
    """
    process.log_path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        kept_open: tuple[int, ...] = ()
        if process.lock_path:
            lock = _locked(process.lock_path)
            stack.callback(os.close, lock)
            kept_open = (lock,)
        if process.prepare:
            process.prepare()
        _set_aside(process.log_path)
        log = stack.enter_context(process.log_path.open("wb"))
        try:
            return subprocess.Popen(
                process.argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment_for(process, base=os.environ, extra=extra_env or {}),
                cwd=process.cwd,
                start_new_session=True,
                pass_fds=kept_open,
            )
        except OSError as error:
            raise BinaryMissingError(f"{process.name} cannot be started: {error}") from error


def environment_for(process: Process, *, base: Mapping[str, str], extra: Mapping[str, str]) -> dict[str, str]:
    """The child's whole environment."""
    changed = {**base, **process.env, **extra}
    return {name: value for name, value in changed.items() if value is not None}


def wait_until_ready(process: Process, child: subprocess.Popen[bytes]) -> None:
    """Return when the process is ready. Raises `ServerStartError`, with the end of its log, when it ended or is late."""
    deadline = time.monotonic() + process.ready_timeout_s
    while not is_ready(process, child):
        if time.monotonic() > deadline:
            raise start_error(process, f"was not ready after {process.ready_timeout_s:g} s")
        time.sleep(POLL_S)


def is_ready(process: Process, child: subprocess.Popen[bytes]) -> bool:
    """Whether the process is ready now. Raises `ServerStartError` when it never will be."""
    exit_code = child.poll()
    if process.kind == "task":
        if exit_code not in (None, 0):
            raise start_error(process, f"failed ({exit_reason(exit_code)})")
        return exit_code == 0
    if exit_code is not None:
        raise start_error(process, f"ended while it was starting ({exit_reason(exit_code)})")
    return process.ready is None or process.ready()


def start_error(process: Process, reason: str) -> ServerStartError:
    """The error to raise, with what the log ends in."""
    return ServerStartError(process.name, reason, log_path=process.log_path, log_tail=tail(process.log_path))


def exit_reason(exit_code: int | None) -> str:
    """An exit code in words: `code 1`, `SIGKILL`."""
    if exit_code is not None and exit_code < 0:
        with contextlib.suppress(ValueError):
            return signal.Signals(-exit_code).name
    return f"code {exit_code}"


def tail(path: Path, *, limit_bytes: int = LOG_TAIL_BYTES) -> str:
    """The last whole lines of a file, or nothing if there is none."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - limit_bytes))
            text = file.read().decode("utf-8", errors="replace")
    except OSError:
        return ""
    return text.partition("\n")[2] if size > limit_bytes else text


def end_child(child: subprocess.Popen[bytes], *, grace_s: float) -> int:
    """Stop a child of this very process and reap it: SIGTERM, grace, SIGKILL. Returns its exit code."""
    if child.poll() is None:
        child.terminate()
        # A paused process gets its SIGTERM only when it goes on.
        child.send_signal(signal.SIGCONT)
        try:
            return child.wait(timeout=grace_s)
        except subprocess.TimeoutExpired:
            child.kill()
    return child.wait()


def start_detached(argv: list[str], log_path: Path, *, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> int:
    """Start a program that goes on after this one ends, in a new session, with its output in a file. Returns its pid."""
    log_path.parent.mkdir(parents=True, exist_ok=True)
    with log_path.open("ab") as log:
        child = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(env or {})},
            cwd=cwd,
            start_new_session=True,
        )
    _detached.append(child)
    return child.pid


def created_at(pid: int) -> float | None:
    """When the process with this pid began (seconds since the epoch), or None if there is none."""
    try:
        return psutil.Process(pid).create_time()
    except psutil.Error:
        return None


def _locked(path: Path) -> int:
    """A descriptor that holds the file's lock; a child that inherits it keeps the lock until it ends, however it ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + DIRECTORY_RELEASE_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(descriptor)
                raise DirectoryInUseError(path.parent) from None
            time.sleep(POLL_S)
        else:
            return descriptor


def _set_aside(log_path: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        log_path.replace(log_path.with_name(log_path.name + ".1"))
