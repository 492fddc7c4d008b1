"""Pure and file level: what is recorded of a run, and which process counts as the recorded one."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import psutil
from kabar_embedded.run_state import Recorded, RunState, bearing_token, find, in_stop_order, is_same, read_state, remove_state, write_state
from kabar_embedded.stopping import running, stop_recorded

if TYPE_CHECKING:
    from pathlib import Path

SUPERVISOR = Recorded(name="supervisor", pid=2**22 + 1, created_at=1_000.5, argv=("kabar", "up"))


def a_process(name: str = "redis", *, pid: int = 2**22 + 2, group: int = 0, created_at: float = 1_001.25) -> Recorded:
    return Recorded(
        name=name,
        pid=pid,
        created_at=created_at,
        argv=("redis-server", "redis.conf"),
        address="redis://127.0.0.1:6379/0",
        log_path="/somewhere/redis.log",
        started_at="2026-01-02T03:04:05+00:00",
        group=group,
    )


def a_state(*processes: Recorded) -> RunState:
    return RunState(token="a-token", phase="ready", supervisor=SUPERVISOR, processes=processes)


def test_a_state_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    state = a_state(a_process("redis"), a_process("opensearch", group=1))

    write_state(tmp_path, state)

    assert read_state(tmp_path) == state


def test_writing_a_state_leaves_no_other_file(tmp_path: Path) -> None:
    write_state(tmp_path, a_state())
    write_state(tmp_path, a_state(a_process()))

    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]


def test_no_state_is_none(tmp_path: Path) -> None:
    assert read_state(tmp_path) is None
    assert running(tmp_path / "missing") is None


def test_a_state_of_another_version_is_not_guessed_at(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(json.dumps({"version": 99}))

    assert read_state(tmp_path) is None


def test_removing_a_state_twice_is_harmless(tmp_path: Path) -> None:
    write_state(tmp_path, a_state())

    remove_state(tmp_path)
    remove_state(tmp_path)

    assert read_state(tmp_path) is None


def test_a_process_that_starts_again_replaces_its_record() -> None:
    state = a_state(a_process(pid=10)).with_process(a_process(pid=11))

    assert [each.pid for each in state.processes] == [11]


def test_the_last_started_group_is_stopped_first() -> None:
    redis, index, search = a_process("redis"), a_process("index", group=1), a_process("search", group=1)

    assert in_stop_order([redis, index, search]) == [[index, search], [redis]]


def test_the_same_pid_created_later_is_another_process() -> None:
    assert is_same(a_process(created_at=1_000.0), created_at=1_000.0)
    assert not is_same(a_process(created_at=1_000.0), created_at=1_900.0)


def test_a_recorded_process_is_found_by_pid_and_creation_time() -> None:
    mine = a_process(pid=os.getpid(), created_at=psutil.Process().create_time())

    assert find(mine) == psutil.Process()
    assert find(replace(mine, created_at=mine.created_at - 3_600)) is None


def test_a_recycled_pid_is_never_killed(tmp_path: Path) -> None:
    """This very process has the recorded pid, and would not live to see the assertion."""
    recycled = a_process(pid=os.getpid(), created_at=psutil.Process().create_time() - 3_600)
    write_state(tmp_path, a_state(recycled))

    outcome = {each.name: each.how for each in stop_recorded(tmp_path)}

    assert outcome == {"supervisor": "gone", "redis": "gone"}
    assert read_state(tmp_path) is None


def test_status_tells_the_living_from_the_dead(tmp_path: Path) -> None:
    me = a_process("me", pid=os.getpid(), created_at=psutil.Process().create_time())
    write_state(tmp_path, a_state(a_process("redis"), me))

    status = running(tmp_path)

    assert status is not None
    assert not status.supervisor.is_running
    assert [(each.recorded.name, each.is_running) for each in status.processes] == [("redis", False), ("me", True)]


def test_nobody_bears_the_token_of_an_unknown_run() -> None:
    assert bearing_token("a token that nobody has") == []
