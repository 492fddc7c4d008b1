"""The command that measures: what it says of figures, of parts that are missing and of data that are not there."""

import json
import sys
from pathlib import Path
from types import ModuleType

import evaluate
import pytest
from targets import Target


@pytest.fixture
def eval_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("KABAR_EVAL_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def part_that_measures(monkeypatch: pytest.MonkeyPatch, figures: dict[str, float]) -> None:
    module = ModuleType("made_up_part")
    module.measure = lambda eval_dir: figures if (eval_dir / "data").is_dir() else {}  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "made_up_part", module)
    monkeypatch.setattr(evaluate, "PARTS", (evaluate.Part("made up", "made_up_part"),))
    monkeypatch.setattr(evaluate, "TARGETS", {"made up.share": Target(0.9, 0.95)})


@pytest.mark.parametrize(
    ("value", "target", "word"),
    [
        (0.9, Target(0.9, 0.95), "floor"),
        (0.8996, Target(0.9, 0.95), "floor"),
        (0.899, Target(0.9, 0.95), "BELOW"),
        (0.95, Target(0.9, 0.95), "goal"),
        (1.0, Target(0.9), "floor"),
        (2, Target(1, 0, most=True), "BELOW"),
        (0, Target(1, 0, most=True), "goal"),
        (0.1, None, ""),
    ],
)
def test_a_figure_is_held_against_its_floor_and_its_goal(value: float, target: Target | None, word: str) -> None:
    assert evaluate.verdict(value, target) == word


def test_figures_are_printed_and_written(eval_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    part_that_measures(monkeypatch, {"share": 0.97, "seconds": 3})
    assert evaluate.main() == 0
    assert json.loads((eval_dir / ".kabar" / "eval.json").read_text("utf-8")) == {"made up": {"share": 0.97, "seconds": 3}}
    assert "goal" in capsys.readouterr().out.split()


def test_a_missed_floor_fails_the_command(eval_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    part_that_measures(monkeypatch, {"share": 0.5})
    assert evaluate.main() == 1
    assert eval_dir.is_dir()


def test_a_missing_part_is_named_and_fails_the_command(
    eval_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(evaluate, "PARTS", (evaluate.Part("nowhere", "no_such_part_of_the_evaluation"),))
    assert evaluate.main() == 1
    assert "there is no tests/evaluation/no_such_part_of_the_evaluation.py" in capsys.readouterr().out
    assert eval_dir.is_dir()


def test_without_the_data_nothing_is_measured(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("KABAR_EVAL_DIR", raising=False)
    assert evaluate.main() == 2
    assert "KABAR_EVAL_DIR" in capsys.readouterr().err
