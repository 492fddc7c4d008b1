"""Processes that are started again when they die, and ended when the run is over: on small programs."""

import signal
import sys
from pathlib import Path
from typing import Protocol

import psutil
import pytest
from kabar_embedded import Process, ServerStartError
from managed import Managed, supervised
from waiting import eventually

WAITS = "import signal, sys; print('up', flush=True); signal.pause()"
WAITS_WITH_CHILD = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {WAITS!r}]); {WAITS}"


class Program(Protocol):
    """Makes a managed program from its source."""

    def __call__(self, source: str, name: str = "program") -> Managed: ...


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Programs that are ready when they have said that they are up."""

    def of(source: str, name: str = "program") -> Managed:
        log_path = tmp_path / f"{name}.log"
        return Managed(
            process=Process(
                name=name,
                argv=(sys.executable, "-c", source),
                log_path=log_path,
                ready=lambda: "up" in log_path.read_text(encoding="utf-8"),
                ready_timeout_s=10,
            )
        )

    return of


def test_what_was_killed_is_started_again_and_its_death_and_log_are_kept(program: Program) -> None:
    managed = program(WAITS)
    with supervised([[managed]]):
        killed = managed.signal(signal.SIGKILL)
        eventually(lambda: managed.restarts == 1 and managed.pid, within_s=10, what="it runs again")
        assert managed.pid != killed
        assert [(death.pid, death.reason) for death in managed.deaths] == [(killed, "SIGKILL")]
        assert [path.name for path in managed.logs] == ["program.log.1", "program.log"]


def test_what_ended_in_order_is_started_again_too(program: Program) -> None:
    managed = program(WAITS)
    with supervised([[managed]]):
        managed.signal(signal.SIGTERM)
        eventually(lambda: managed.restarts == 1 and managed.pid, within_s=10, what="it runs again")


def test_the_dead_get_no_signal(program: Program) -> None:
    managed = program(WAITS)
    with supervised([[managed]]):
        managed.signal(signal.SIGKILL)
        eventually(lambda: managed.pid is None, within_s=5, what="it is dead")
        assert managed.signal(signal.SIGKILL) is None


def test_a_frozen_process_is_ended_with_the_run(program: Program) -> None:
    managed = program(WAITS)
    with supervised([[managed]]):
        pid = managed.signal(signal.SIGSTOP)
    assert pid is not None
    assert not psutil.pid_exists(pid)


def test_a_child_that_outlives_its_parent_is_named_and_ended(program: Program) -> None:
    managed = program(WAITS_WITH_CHILD)
    with supervised([[managed]]) as orphans:
        assert managed.pid is not None
        (child,) = psutil.Process(managed.pid).children()
        managed.signal(signal.SIGKILL)
        eventually(lambda: managed.deaths, within_s=5, what="its parent is dead")
    assert any(f"program: {child.pid} " in orphan for orphan in orphans)
    eventually(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, within_s=5, what="the orphan has ended")


def test_nothing_is_left_when_the_run_raises(program: Program) -> None:
    managed = program(WAITS)
    pids: list[int | None] = []

    def run() -> None:
        with supervised([[managed]]):
            pids.append(managed.pid)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run()
    (pid,) = pids
    assert pid is not None
    assert not psutil.pid_exists(pid)


def test_nothing_is_left_when_one_of_them_cannot_start(program: Program) -> None:
    good, bad = program(WAITS), program("raise SystemExit(3)", "bad")
    with pytest.raises(ServerStartError), supervised([[good, bad]]):
        pass
    assert good.pid is None
