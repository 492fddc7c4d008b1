"""Defects as data: what is wrong, where it is put into the code, and which tests must catch it there."""

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

DEFECTS: Final = Path(__file__).with_name("defects.toml")


class NoLongerAppliesError(ValueError):
    """The code has moved away from under a defect; the message says which and where."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One replacement in one file."""

    file: str
    """Path from the root of the project."""
    find: str
    """Whole lines that stand in the file exactly once."""
    replace: str


@dataclass(frozen=True, slots=True)
class Mutant:
    """One way in which the defect could have come into this code."""

    name: str
    """Number of the defect, with a letter where it has several mutants."""
    how: str
    edits: tuple[Edit, ...]
    caught_by: tuple[str, ...]
    """Names of tests as pytest takes them."""
    says: str | None = None
    """Part of what they say, where it is not an assertion that fails."""


@dataclass(frozen=True, slots=True)
class Defect:
    """A mistake that a pipeline of this kind is known for."""

    number: int
    title: str
    mutants: tuple[Mutant, ...]


def read_defects(path: Path = DEFECTS) -> list[Defect]:
    """All defects, by their number. Raises OSError, ValueError and KeyError for a file that is not as it should be."""
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["defect"]
    defects = [_defect(row) for row in rows]
    if [defect.number for defect in defects] != list(range(1, len(defects) + 1)):
        raise ValueError(f"{path.name}: the defects are not numbered from 1 on without a gap")
    return defects


def _defect(row: dict[str, Any]) -> Defect:
    mutants, number = row["mutant"], int(row["number"])
    names = [f"{number}{letter}" for letter in "abcdefgh"] if len(mutants) > 1 else [str(number)]
    return Defect(number, row["title"], tuple(_mutant(name, mutant) for name, mutant in zip(names, mutants, strict=False)))


def _mutant(name: str, row: dict[str, Any]) -> Mutant:
    edits = tuple(Edit(edit["file"], edit["find"], edit["replace"]) for edit in row["edit"])
    return Mutant(name, row["how"], edits, tuple(row["caught_by"]), row.get("says"))


def mutated(edits: Sequence[Edit], *, read: Callable[[str], str]) -> dict[str, str]:
    """File -> its whole text with these edits. Raises NoLongerAppliesError, OSError."""
    texts: dict[str, str] = {}
    for edit in edits:
        text = texts[edit.file] if edit.file in texts else read(edit.file)
        found = text.count(edit.find)
        if found != 1:
            raise NoLongerAppliesError(f"{edit.file} has these lines {found} times instead of once:\n{edit.find}")
        texts[edit.file] = text.replace(edit.find, edit.replace)
    return texts


def stale(defects: Sequence[Defect], *, root: Path) -> list[str]:
    """What no longer applies to the project at `root`, one text a mutant."""
    reasons = []
    for mutant in (mutant for defect in defects for mutant in defect.mutants):
        try:
            mutated(mutant.edits, read=lambda file: (root / file).read_text(encoding="utf-8"))
        except (NoLongerAppliesError, OSError) as reason:
            reasons.append(f"{mutant.name}: the defect no longer applies: {reason}")
        reasons += [
            f"{mutant.name}: there is no test file {test}" for test in mutant.caught_by if not (root / test.partition("::")[0]).is_file()
        ]
    return reasons
