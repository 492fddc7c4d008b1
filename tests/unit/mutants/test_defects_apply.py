"""The known defects can still be put into the code: each is described by lines that stand there."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def check(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "tests.mutants.mutants", "--check", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_every_defect_applies_to_the_code_as_it_is() -> None:
    run = check()
    assert run.returncode == 0, run.stderr
    assert run.stderr.startswith("24 defects")


def test_a_defect_whose_lines_or_tests_are_gone_is_named(tmp_path: Path) -> None:
    path = tmp_path / "defects.toml"
    path.write_text("""
        [[defect]]
        number = 1
        title = "one that was"
        [[defect.mutant]]
        how = "it was there"
        caught_by = ["tests/unit/test_gone.py::test_it"]
        edit = [{ file = "shared/chassis/src/kabar_chassis/topology.py", find = "not in there", replace = "" }]
    """)
    run = check("--defects", str(path))
    assert run.returncode == 1
    assert "1: the defect no longer applies: shared/chassis/src/kabar_chassis/topology.py has these lines 0 times" in run.stderr
    assert "1: there is no test file tests/unit/test_gone.py::test_it" in run.stderr
