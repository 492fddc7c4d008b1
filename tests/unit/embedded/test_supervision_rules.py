"""Pure: the supervisor's decisions."""

from __future__ import annotations

from pathlib import Path

import pytest
from kabar_embedded.processes import Process, environment_for, exit_reason, tail
from kabar_embedded.supervisor import crashes_in_a_row, restart_delay_s, supervise


def test_the_delay_before_a_restart_doubles_from_one_to_thirty_seconds() -> None:
    assert [restart_delay_s(crashes) for crashes in range(1, 8)] == [1, 2, 4, 8, 16, 30, 30]


def test_a_crash_after_a_minute_of_life_counts_as_the_first() -> None:
    assert crashes_in_a_row(5, lived_s=61.0) == 1


def test_a_crash_in_the_first_minute_adds_up() -> None:
    assert crashes_in_a_row(5, lived_s=59.0) == 6


def test_a_process_can_add_and_remove_variables() -> None:
    process = Process(name="x", argv=("x",), log_path=Path("x.log"), env={"ADDED": "1", "REMOVED": None})

    environment = environment_for(process, base={"REMOVED": "0", "KEPT": "2"}, extra={"TOKEN": "3"})

    assert environment == {"ADDED": "1", "KEPT": "2", "TOKEN": "3"}


@pytest.mark.parametrize(("code", "words"), [(1, "code 1"), (0, "code 0"), (-9, "SIGKILL"), (-15, "SIGTERM")])
def test_an_exit_code_is_told_in_words(code: int, words: str) -> None:
    assert exit_reason(code) == words


def test_the_tail_of_a_long_log_starts_with_a_whole_line(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    log.write_text("".join(f"line {number}\n" for number in range(1_000)))

    assert tail(log, limit_bytes=20) == "line 998\nline 999\n"


def test_the_tail_of_a_missing_log_is_empty(tmp_path: Path) -> None:
    assert tail(tmp_path / "none.log") == ""


def test_two_processes_of_one_name_are_refused(tmp_path: Path) -> None:
    process = Process(name="x", argv=("x",), log_path=tmp_path / "x.log")

    with pytest.raises(ValueError, match="name of its own"):
        supervise([process, process], state_dir=tmp_path)
