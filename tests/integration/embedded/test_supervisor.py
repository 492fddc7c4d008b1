"""A real supervisor in a process of its own, over small children and a real Redis."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import psutil
import pytest
from kabar_embedded import (
    Running,
    ServerStartError,
    free_opensearch_port,
    free_port,
    opensearch_url,
    redis_url,
    running,
    start_detached,
    stop_recorded,
    wait_until_up,
)
from kabar_embedded.run_state import TOKEN_VARIABLE, read_state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PATIENCE_S = 30.0

PROGRAM = """
import sys
from pathlib import Path
from kabar_embedded import Process, opensearch_process, redis_process, supervise

folder = Path({folder!r})

def child(name, code, **more):
    return Process(name=name, argv=(sys.executable, "-c", code), log_path=folder / (name + ".log"), **more)

def is_ready(name):
    return lambda: (folder / (name + ".ready")).exists()

SLEEP = "import time; time.sleep(600)"
GROUPS = {groups}
sys.exit(supervise(GROUPS, state_dir=folder / "state"))
"""


class Supervisor:
    """A supervisor started for a test, with the folder it works in."""

    def __init__(self, folder: Path, groups: str) -> None:
        self.folder = folder
        self.state_dir = folder / "state"
        program = folder / "program.py"
        program.write_text(PROGRAM.format(folder=str(folder), groups=groups))
        self.log = folder / "supervisor.log"
        with self.log.open("ab") as log:
            self.child = subprocess.Popen([sys.executable, str(program)], stdout=log, stderr=log, start_new_session=True)

    def until_up(self) -> Running:
        wait_until_up(self.state_dir, supervisor_pid=self.child.pid, log_path=self.log, timeout_s=PATIENCE_S)
        state = running(self.state_dir)
        assert state is not None
        return state

    def pid_of(self, name: str) -> int | None:
        state = read_state(self.state_dir)
        return next((each.pid for each in state.processes if each.name == name), None) if state else None

    def end(self, number: int = signal.SIGTERM) -> int:
        self.child.send_signal(number)
        return self.child.wait(PATIENCE_S)


@pytest.fixture
def supervised(tmp_path: Path) -> Iterator[Callable[[str], Supervisor]]:
    started: list[Supervisor] = []

    def begin(groups: str) -> Supervisor:
        started.append(Supervisor(tmp_path, groups))
        return started[-1]

    yield begin
    for each in started:
        stop_recorded(each.state_dir)
        each.child.kill()
        each.child.wait()


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


def lives(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_a_group_starts_when_the_one_before_is_ready(supervised: Callable[[str], Supervisor]) -> None:
    late = "import pathlib, time; time.sleep(0.5); pathlib.Path({path!r}).touch(); time.sleep(600)"
    begun = supervised(
        f"""[child("first", {late!r}.format(path=str(folder / "first.ready")), ready=is_ready("first")), child("second", SLEEP)]"""
    )

    begun.until_up()

    log = begun.log.read_text()
    assert log.index("ready first") < log.index("starting second")


def test_sigterm_stops_everything_the_last_started_first_with_code_zero(supervised: Callable[[str], Supervisor]) -> None:
    begun = supervised("""[[child("a", SLEEP), child("b", SLEEP)], child("c", SLEEP)]""")
    pids = [each.recorded.pid for each in begun.until_up().processes]

    assert begun.end() == 0

    log = begun.log.read_text()
    assert not [pid for pid in pids if lives(pid)]
    assert log.index("stopped c") < log.index("stopping a")
    assert running(begun.state_dir) is None


def test_ctrl_c_stops_it_too(supervised: Callable[[str], Supervisor]) -> None:
    begun = supervised("""[child("a", SLEEP)]""")
    begun.until_up()

    assert begun.end(signal.SIGINT) == 0


def test_a_crashed_service_is_started_again_and_recorded(supervised: Callable[[str], Supervisor]) -> None:
    begun = supervised("""[child("a", SLEEP)]""")
    first = begun.until_up().processes[0].recorded.pid

    os.kill(first, signal.SIGKILL)

    until(lambda: begun.pid_of("a") not in (None, first))
    state = running(begun.state_dir)
    assert state is not None
    assert state.processes[0].is_running
    assert state.processes[0].recorded.restarts == 1


def test_a_real_redis_comes_back_on_its_port(supervised: Callable[[str], Supervisor]) -> None:
    begun = supervised(f"""[redis_process(folder / "redis", port={free_port()})]""")
    redis = begun.until_up().processes[0].recorded
    assert redis.address is not None

    os.kill(redis.pid, signal.SIGKILL)

    until(lambda: begun.pid_of("redis") not in (None, redis.pid))
    until(lambda: "Ready to accept connections" in (begun.folder / "redis" / "redis.log").read_text())


def test_real_servers_start_side_by_side_and_are_recorded_with_their_addresses(supervised: Callable[[str], Supervisor]) -> None:
    redis_port, opensearch_port = free_port(), free_opensearch_port()
    begun = supervised(
        f"""[[
            redis_process(folder / "redis", port={redis_port}),
            opensearch_process(folder / "opensearch", port={opensearch_port}, heap_mb=512, start_cache="use"),
        ]]"""
    )

    state = begun.until_up()

    addresses = {each.recorded.name: each.recorded.address for each in state.processes}
    assert addresses == {"redis": redis_url(redis_port), "opensearch": opensearch_url(opensearch_port)}
    assert begun.end() == 0
    assert "killed" not in begun.log.read_text()


def test_a_service_that_ends_during_the_start_fails_the_start_with_its_log(supervised: Callable[[str], Supervisor]) -> None:
    begun = supervised("""[child("good", SLEEP), child("bad", "import sys; sys.exit('no such luck')", ready=is_ready("bad"))]""")

    with pytest.raises(ServerStartError, match="no such luck"):
        begun.until_up()

    assert begun.child.wait(PATIENCE_S) == 1
    assert "stopped good" in begun.log.read_text()


def test_a_service_that_never_gets_ready_fails_the_start(supervised: Callable[[str], Supervisor]) -> None:
    begun = supervised("""[child("slow", SLEEP, ready=lambda: False, ready_timeout_s=0.3)]""")

    assert begun.child.wait(PATIENCE_S) == 1
    assert "slow was not ready after 0.3 s" in begun.log.read_text()


def test_a_task_runs_once_between_two_groups(supervised: Callable[[str], Supervisor]) -> None:
    begun = supervised("""[child("task", "print('done')", kind="task"), child("service", SLEEP)]""")

    state = begun.until_up()

    assert [each.recorded.name for each in state.processes] == ["service"]
    assert (begun.folder / "task.log").read_text() == "done\n"


def test_a_task_that_fails_fails_the_start(supervised: Callable[[str], Supervisor]) -> None:
    begun = supervised("""[child("task", "raise SystemExit(3)", kind="task"), child("service", SLEEP)]""")

    assert begun.child.wait(PATIENCE_S) == 1
    assert "task failed (code 3)" in begun.log.read_text()
    assert "service" not in begun.log.read_text()


def test_the_end_of_a_process_without_restart_ends_the_run_with_code_one(supervised: Callable[[str], Supervisor]) -> None:
    begun = supervised("""[child("a", SLEEP), child("once", SLEEP, restart=False)]""")
    begun.until_up()
    pid = begun.pid_of("once")
    assert pid is not None

    os.kill(pid, signal.SIGKILL)

    assert begun.child.wait(PATIENCE_S) == 1
    assert "stopped a" in begun.log.read_text()


def test_a_process_that_ignores_sigterm_is_killed_after_its_grace_time(supervised: Callable[[str], Supervisor]) -> None:
    stubborn = "import pathlib, signal, time; signal.signal(15, signal.SIG_IGN); pathlib.Path({path!r}).touch(); time.sleep(600)"
    begun = supervised(
        f"""[child("deaf", {stubborn!r}.format(path=str(folder / "deaf.ready")), ready=is_ready("deaf"), stop_grace_s=0.3)]"""
    )
    begun.until_up()

    assert begun.end() == 0
    assert "killed deaf" in begun.log.read_text()


def test_what_a_killed_supervisor_left_can_be_stopped(supervised: Callable[[str], Supervisor]) -> None:
    begun = supervised("""[child("a", SLEEP), child("b", SLEEP)]""")
    pids = [each.recorded.pid for each in begun.until_up().processes]
    begun.child.kill()
    begun.child.wait()
    assert all(map(lives, pids)), "they go on without their supervisor"

    outcome = {each.name: each.how for each in stop_recorded(begun.state_dir)}

    assert outcome == {"supervisor": "gone", "a": "stopped", "b": "stopped"}
    assert not any(map(lives, pids))
    assert running(begun.state_dir) is None


def test_what_a_killed_supervisor_had_no_time_to_record_is_stopped_too(supervised: Callable[[str], Supervisor]) -> None:
    begun = supervised("""[child("a", SLEEP)]""")
    begun.until_up()
    state = read_state(begun.state_dir)
    assert state is not None
    unrecorded = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], env={**os.environ, TOKEN_VARIABLE: state.token})
    begun.child.kill()
    begun.child.wait()

    stop_recorded(begun.state_dir)

    assert unrecorded.wait(PATIENCE_S) == -signal.SIGTERM


def test_stopping_a_run_whose_supervisor_lives_goes_through_it(supervised: Callable[[str], Supervisor]) -> None:
    begun = supervised("""[child("a", SLEEP)]""")
    begun.until_up()

    outcome = {each.name: each.how for each in stop_recorded(begun.state_dir)}

    assert outcome == {"a": "stopped", "supervisor": "stopped"}
    assert begun.child.wait(PATIENCE_S) == 0


def test_stopping_twice_is_harmless(supervised: Callable[[str], Supervisor]) -> None:
    begun = supervised("""[child("a", SLEEP)]""")
    begun.until_up()

    stop_recorded(begun.state_dir)

    assert stop_recorded(begun.state_dir) == []


def test_a_second_supervisor_in_the_same_folder_is_refused(supervised: Callable[[str], Supervisor]) -> None:
    first = supervised("""[child("a", SLEEP)]""")
    first.until_up()

    second = supervised("""[child("b", SLEEP)]""")

    assert second.child.wait(PATIENCE_S) == 1
    assert f"Already up in {first.state_dir} (pid {first.child.pid})" in second.log.read_text()
    assert lives(first.child.pid)


def test_a_new_supervisor_first_stops_what_a_killed_one_left(supervised: Callable[[str], Supervisor]) -> None:
    first = supervised("""[child("a", SLEEP)]""")
    left = first.until_up().processes[0].recorded.pid
    first.child.kill()
    first.child.wait()

    supervised("""[child("a", SLEEP)]""").until_up()

    assert not lives(left)


def test_a_detached_program_is_in_a_session_of_its_own(tmp_path: Path) -> None:
    log = tmp_path / "detached.log"

    pid = start_detached([sys.executable, "-c", "import os; print(os.getsid(0) == os.getpid(), flush=True)"], log)

    until(lambda: log.exists() and log.read_text())
    assert log.read_text() == "True\n"
    assert pid != os.getpid()
