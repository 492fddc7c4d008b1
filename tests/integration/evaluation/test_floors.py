"""The floors of `make eval`, held on the real texts in KABAR_EVAL_DIR; two layouts stand for all ten of a dump."""

from pathlib import Path
from typing import Final

import dumps_of_pages
import pytest
from evaluate import PARTS, Part, measured, verdict
from targets import TARGETS

HELD: Final = ("pages", "languages", "marks", "samples")
LAYOUTS: Final = ("blank_lines", "wrapped_without_blank_lines")


def below(name: str, figures: dict[str, float]) -> dict[str, float]:
    return {key: value for key, value in figures.items() if verdict(value, TARGETS.get(f"{name}.{key}")) == "BELOW"}


@pytest.mark.parametrize("part", [part for part in PARTS if part.name in HELD], ids=lambda part: part.name)
def test_no_figure_of_reading_is_below_its_floor(part: Part, eval_dir: Path) -> None:
    figures = measured(part, eval_dir)
    assert {f"{part.name}.{key}" for key in figures} & TARGETS.keys()
    assert below(part.name, figures) == {}


def test_no_figure_of_dumps_is_below_its_floor(eval_dir: Path) -> None:
    figures = dumps_of_pages.measure(eval_dir, layouts=LAYOUTS)
    assert {f"dumps.{key}" for key in figures} & TARGETS.keys()
    assert below("dumps", figures) == {}
