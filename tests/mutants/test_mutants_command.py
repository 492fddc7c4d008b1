"""The command that asks whether the tests bite bites itself: what survives, hangs or could not run makes it fail."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILE = "shared/chassis/src/kabar_chassis/delivery/backoff.py"
LINE = "    return whole * (0.5 + random() / 2)\n"
TESTS = "tests/unit/chassis/test_delivery_decisions.py"
ABOUT_IT = f"{TESTS}::test_the_wait_doubles_up_to_a_cap_and_half_of_it_is_chance"
ABOUT_SOMETHING_ELSE = f"{TESTS}::test_no_more_is_claimed_than_one_batch_holds"

Mutants = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def mutants(tmp_path: Path) -> Mutants:
    if not (ROOT / ".git").exists():
        pytest.skip("the copy is made of what git knows, and this is no checkout")

    def run(*, line: str, caught_by: str) -> "subprocess.CompletedProcess[str]":
        path = tmp_path / "defects.toml"
        edit = f"edit = [{{ file = {FILE!r}, find = {LINE!r}, replace = {line!r} }}]".replace("'", '"')
        head = f'[[defect]]\nnumber = 1\ntitle = "no chance"\n[[defect.mutant]]\nhow = "all wait as long"\ncaught_by = ["{caught_by}"]\n'
        path.write_text(head + edit)
        command = [sys.executable, "-m", "tests.mutants.mutants", "--defects", str(path), "--write", str(tmp_path / "table.md")]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    return run


def test_a_mutant_that_its_test_catches_stands_in_the_table_with_it(mutants: Mutants, tmp_path: Path) -> None:
    run = mutants(line="    return whole\n", caught_by=ABOUT_IT)
    assert run.returncode == 0, run.stderr
    assert "1 of 1 defects caught" in run.stderr
    assert "| 1 | no chance | all wait as long | `test_the_wait_doubles_up_to_a_cap_and_half_of_it_is_chance[" in run.stdout
    assert (tmp_path / "table.md").read_text() == run.stdout


def test_a_mutant_that_survives_fails_the_command_and_is_named(mutants: Mutants) -> None:
    run = mutants(line="    return whole\n", caught_by=ABOUT_SOMETHING_ELSE)
    assert run.returncode == 1
    assert run.stderr.splitlines()[-1].startswith("1 no chance (all wait as long): survived")
    assert "**nobody**" in run.stdout


def test_a_mutant_that_could_not_run_at_all_is_no_defect(mutants: Mutants) -> None:
    run = mutants(line="    return never_heard_of\n", caught_by=ABOUT_IT)
    assert run.returncode == 1
    assert "could not run at all" in run.stderr


def test_a_mutant_on_which_a_test_only_stumbles_is_not_caught(mutants: Mutants) -> None:
    run = mutants(line="    return whole / 0\n", caught_by=ABOUT_IT)
    assert run.returncode == 1
    assert "not caught by what a test asserts: ZeroDivisionError" in run.stderr


def test_a_test_that_fails_without_any_defect_proves_nothing(mutants: Mutants) -> None:
    run = mutants(line="    return whole\n", caught_by=f"{TESTS}::test_that_is_not_there")
    assert run.returncode == 1
    assert "without any defect: pytest ended with" in run.stderr
