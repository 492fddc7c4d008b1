"""Do the tests bite? Puts each known defect into a copy of the project, one at a time, and shows which test catches it.

usage: python -m tests.mutants.mutants [--write FILE] [--only NUMBER …] [--defects FILE] [--check]

Ends with 0 when every mutant is caught by a test that it names, else with 1 and a line for each that is not.
`--check` only sees whether all of them still apply to the code, which takes a moment.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.mutants.defects import DEFECTS, Defect, Mutant, mutated, read_defects, stale
from tests.mutants.trial import Verdict, copy_of, ruin, run_tests, snapshot_of, strangers

ROOT: Final = Path(__file__).resolve().parents[2]
SOUND_TIMEOUT_S: Final = 900.0
"""For all named tests on the code as it is."""
ASSERTIONS: Final = ("assert ", "AssertionError", "Failed: ")
"""How the words of a test begin that failed by what it is about; whatever else it raises, it may have raised by accident."""
WORDS: Final = 140
"""Characters of what a test said that the table shows."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one mutant."""

    defect: Defect
    mutant: Mutant
    verdict: Verdict

    @property
    def survival(self) -> str | None:
        """Why it counts as not caught; None when it was."""
        if self.verdict.broken is not None:
            return self.verdict.broken
        if not self.verdict.failed:
            return "survived: every test that should have caught it passed"
        said = self.verdict.failed[0][1]
        if not said.startswith(ASSERTIONS) and (self.mutant.says is None or self.mutant.says not in said):
            return f"not caught by what a test asserts: {said}"
        return None


def main(arguments: Sequence[str]) -> int:
    """Run; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants.mutants", description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the table there too")
    parser.add_argument("--only", type=int, nargs="+", metavar="NUMBER", help="only these defects")
    parser.add_argument("--defects", type=Path, default=DEFECTS, metavar="FILE", help="where they are described")
    parser.add_argument("--check", action="store_true", help="only see whether all defects still apply")
    options = parser.parse_args(arguments)
    defects = [defect for defect in read_defects(options.defects) if options.only is None or defect.number in options.only]
    if reasons := stale(defects, root=ROOT):
        return _refuse(*reasons)
    if options.check:
        _say(f"{len(defects)} defects in {sum(len(defect.mutants) for defect in defects)} mutants apply")
        return 0
    began_at = time.monotonic()
    with snapshot_of(ROOT) as snapshot:
        if reasons := _faults_of_sound_code(snapshot, defects):
            return _refuse(*reasons)
        results = [_tried(snapshot, defect, mutant) for defect in defects for mutant in defect.mutants]
    text = table(results)
    sys.stdout.write(text)
    if options.write is not None:
        options.write.write_text(text, encoding="utf-8")
    return _conclude(results, took_s=time.monotonic() - began_at)


def table(results: Sequence[Result]) -> str:
    """The results as Markdown."""
    rows = ["| | defect | put into the code so that | caught by | which says |", "|---|---|---|---|---|"]
    rows += [
        f"| {result.mutant.name} | {result.defect.title} | {_cell(result.mutant.how)} | {_catchers(result)} | {_words(result)} |"
        for result in results
    ]
    return "\n".join(rows) + "\n"


def _catchers(result: Result) -> str:
    if result.survival is not None:
        return "**nobody**"
    return ", ".join(f"`{name}`" for name in dict.fromkeys(_cell(name) for name, _ in result.verdict.failed))


def _words(result: Result) -> str:
    said = result.survival or result.verdict.failed[0][1].removeprefix("AssertionError: ")
    return f"`{_cell(said)[:WORDS].replace('`', chr(39))}`"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _faults_of_sound_code(snapshot: Path, defects: Sequence[Defect]) -> list[str]:
    """Why nothing can be learnt: another copy would run, or the named tests fail without any defect."""
    with copy_of(snapshot) as copy:
        if foreign := strangers(copy):
            return [f"the tests would not run on the copy but on {', '.join(foreign)}"]
        tests = sorted({test for defect in defects for mutant in defect.mutants for test in mutant.caught_by})
        _say(f"{len(tests)} named tests on the code as it is …")
        verdict = run_tests(copy, tests, timeout_s=SOUND_TIMEOUT_S)
        _say(f"  {len(verdict.passed)} cases passed in {verdict.took_s:.0f} s")
    faults = [f"without any defect: {name}: {why}" for name, why in verdict.failed]
    return faults if verdict.broken is None else [*faults, f"without any defect: {verdict.broken}"]


def _tried(snapshot: Path, defect: Defect, mutant: Mutant) -> Result:
    with copy_of(snapshot) as copy:
        texts = mutated(mutant.edits, read=lambda file: (copy / file).read_text(encoding="utf-8"))
        for file, text in texts.items():
            (copy / file).write_text(text, encoding="utf-8")
        fault = ruin(copy, list(texts))
        verdict = run_tests(copy, mutant.caught_by) if fault is None else Verdict((), (), f"the mutant could not run at all: {fault}")
    result = Result(defect, mutant, verdict)
    _say(f"{mutant.name:>4} {defect.title}: {result.survival or f'caught by {verdict.failed[0][0]}'} ({verdict.took_s:.0f} s)")
    return result


def _conclude(results: Sequence[Result], *, took_s: float) -> int:
    survivors = [result for result in results if result.survival is not None]
    numbers = {result.defect.number for result in results}
    caught = numbers - {result.defect.number for result in survivors}
    _say(f"{len(caught)} of {len(numbers)} defects caught, in {len(results)} mutants, in {took_s:.0f} s")
    if not survivors:
        return 0
    return _refuse(*[f"{result.mutant.name} {result.defect.title} ({result.mutant.how}): {result.survival}" for result in survivors])


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _refuse(*reasons: str) -> int:
    for reason in reasons:
        _say(reason)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
