"""`make eval`: how well articles are read, beside the floors and the goals. Prints a table, writes JSON.

Real third-party data is read from `KABAR_EVAL_DIR`, which holds `data/` and `eval/`; without it nothing is measured.
Each part is a module of this folder with `measure(eval_dir)`, which returns figure -> value. A module may have more
such functions: `measure_NAME`. `KABAR_EVAL_PARTS=languages,pages` measures these alone.
"""

import importlib
import inspect
import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from targets import TARGETS, Target

Measure = Callable[..., Mapping[str, float]]

TARGET: Final = Path(".kabar/eval.json")


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that is measured: its name in the table, the module that does it, and the function."""

    name: str
    module: str
    function: str = "measure"


PARTS: Final = (
    Part("pages", "pages_of_news"),
    Part("dumps", "dumps_of_pages"),
    Part("languages", "languages"),
    Part("marks", "score_detik"),
    Part("samples", "score_samples"),
    Part("disclosure", "disclosure"),
)


class MissingPartError(Exception):
    """A part has no module here, or its module no such function."""


def function_of(part: Part) -> Measure:
    """The function that measures `part`. Raises MissingPartError."""
    try:
        module = importlib.import_module(part.module)
    except ModuleNotFoundError as error:
        if error.name != part.module:
            raise
        raise MissingPartError(f"there is no tests/evaluation/{part.module}.py") from error
    measure: Measure | None = getattr(module, part.function, None)
    if measure is None:
        raise MissingPartError(f"tests/evaluation/{part.module}.py has no function {part.function}")
    return measure


def measured(part: Part, eval_dir: Path) -> dict[str, float]:
    """The figures of `part`. Raises MissingPartError."""
    measure = function_of(part)
    wants_folder = bool(inspect.signature(measure).parameters)
    return dict(measure(eval_dir) if wants_folder else measure())


def verdict(value: float, target: Target | None) -> str:
    """How `value` stands to its floor and its goal, in one word; nothing where it has none."""
    if target is None:
        return ""
    if not target.reaches(value, target.floor):
        return "BELOW"
    return "goal" if target.goal is not None and target.reaches(value, target.goal) else "floor"


def row(name: str, value: float, target: Target | None) -> str:
    """One line of the table."""
    floor, goal = ("" if bound is None else f"{bound:g}" for bound in ((None, None) if target is None else (target.floor, target.goal)))
    return f"  {name:<44} {value:>10.4g} {floor:>8} {goal:>8}  {verdict(value, target)}".rstrip()


def main() -> int:
    """Measure the parts, one after the other. 1 when a floor is missed or a part is missing, 2 without the data."""
    folder = os.environ.get("KABAR_EVAL_DIR")
    if not folder or not (Path(folder) / "data").is_dir():
        print("set KABAR_EVAL_DIR to the folder that holds data/ and eval/: the figures are measured on real texts", file=sys.stderr)
        return 2
    chosen = os.environ.get("KABAR_EVAL_PARTS", ",".join(part.name for part in PARTS)).split(",")
    if unknown := set(chosen) - {part.name for part in PARTS}:
        print(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(part.name for part in PARTS)}", file=sys.stderr)
        return 2
    figures: dict[str, dict[str, float]] = {}
    failed = False
    for part in (part for part in PARTS if part.name in chosen):
        began = time.monotonic()
        try:
            figures[part.name] = measured(part, Path(folder))
        except MissingPartError as error:
            print(f"{part.name}: not measured: {error}")
            failed = True
            continue
        print(f"{part.name} ({time.monotonic() - began:.0f} s){'':<34} {'measured':>10} {'floor':>8} {'goal':>8}")
        for name, value in figures[part.name].items():
            target = TARGETS.get(f"{part.name}.{name}")
            failed |= verdict(value, target) == "BELOW"
            print(row(name, value, target))
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"written to {TARGET}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
