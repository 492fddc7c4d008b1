"""A copy of the project, and a run of some of its tests in that copy and of nothing else."""

import os
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

PACKAGES: Final = (
    "kabar_contracts",
    "kabar_chassis",
    "kabar_embedded",
    "kabar_cli",
    "kabar_ingest",
    "kabar_enrich",
    "kabar_index",
    "kabar_search",
)
TEST_TIMEOUT_S: Final = 180.0
"""For the named tests of one mutant, servers included. A test that needs longer to notice is no test for it."""
GOODBYE_S: Final = 30.0
"""For a run that was interrupted to stop its servers."""
FAILED: Final = 1
"""pytest's code for tests that ran, some of which failed."""

# Prints a line for each package that does not come from the copy, here or in a process spawned from here.
_PROBE: Final = """
import importlib.resources, multiprocessing, pathlib, sys
if __name__ == "__main__":
    root, *packages = sys.argv[1:]
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        found = [*map(importlib.resources.files, packages), *pool.map(importlib.resources.files, packages)]
    print(*[path for path in found if not pathlib.Path(str(path)).is_relative_to(root)], sep="\\n", end="")
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the tests said."""

    passed: tuple[str, ...]
    failed: tuple[tuple[str, str], ...]
    """Name of the test, and the first line of what it says."""
    broken: str | None = None
    """Why they said nothing; None when they did."""
    took_s: float = 0.0


@contextmanager
def snapshot_of(root: Path) -> Iterator[Path]:
    """Every file of the project that git knows or would add, as it is now, in a folder of its own."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, capture_output=True, check=True)
    with _project_folder() as snapshot:
        for name in listed.stdout.decode().split("\0"):
            if name and (root / name).is_file():
                (snapshot / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(root / name, snapshot / name)
        yield snapshot


@contextmanager
def copy_of(snapshot: Path) -> Iterator[Path]:
    """A copy that may be spoilt."""
    with _project_folder() as copy:
        shutil.copytree(snapshot, copy)
        yield copy


@contextmanager
def _project_folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="kabar-mutant-") as folder:
        yield Path(folder).resolve() / "project"


def strangers(copy: Path) -> list[str]:
    """Packages that a Python started in the copy, or a child of it, would take from elsewhere: none, or the trial proves nothing."""
    script = copy / ".probe.py"
    script.write_text(_PROBE, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, str(script), str(copy), *PACKAGES], cwd=copy, env=_environment(copy), capture_output=True, text=True, check=False
    )
    script.unlink()
    return [*run.stdout.splitlines(), *([run.stderr] if run.returncode else [])]


def ruin(copy: Path, files: Sequence[str]) -> str | None:
    """Why one of these modules could not run at all; None when all could: a mutant is a defect, not a ruin that any test would notice."""
    paths = [file for file in files if file.endswith(".py")]
    modules = [".".join(Path(path.partition("/src/")[2]).with_suffix("").parts) for path in paths]
    imports = "".join(f"import {module}\n" for module in modules)
    for command in (["-m", "ruff", "check", "--quiet", "--select", "F821", *paths], ["-c", imports]):
        run = subprocess.run([sys.executable, *command], cwd=copy, env=_environment(copy), capture_output=True, text=True, check=False)
        if run.returncode:
            return " ".join((run.stdout + run.stderr).split())[-300:]
    return None


def run_tests(copy: Path, tests: Sequence[str], *, timeout_s: float = TEST_TIMEOUT_S) -> Verdict:
    """What these tests say of the copy."""
    report, began_at = copy.parent / "report.xml", time.monotonic()
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-q", "--tb=short", f"--junitxml={report}", *tests]
    with (copy.parent / "output.txt").open("wb") as output:
        child = subprocess.Popen(command, cwd=copy, env=_environment(copy), stdout=output, stderr=subprocess.STDOUT)
        try:
            code = child.wait(timeout_s)
        except subprocess.TimeoutExpired:
            _interrupt(child)
            return Verdict((), (), f"hung: no word within {timeout_s:g} s", timeout_s)
        except BaseException:
            _interrupt(child)
            raise
    took_s = time.monotonic() - began_at
    if code not in (0, FAILED) or not report.is_file():
        return Verdict((), (), f"pytest ended with {code}: {_tail(copy.parent / 'output.txt')}", took_s)
    return _verdict(report, took_s)


def _interrupt(child: "subprocess.Popen[bytes]") -> None:
    """As Ctrl-C does, so that the servers of the run are stopped."""
    child.send_signal(signal.SIGINT)
    try:
        child.wait(GOODBYE_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _verdict(report: Path, took_s: float) -> Verdict:
    passed, failed, skipped = [], [], []
    for case in ET.parse(report).iter("testcase"):  # noqa: S314  # our own pytest wrote it a moment ago
        name = str(case.get("name"))
        fault = case.find("failure") if case.find("failure") is not None else case.find("error")
        if fault is not None:
            failed.append((name, _first_line(fault.text or "", str(fault.get("message")))))
        elif case.find("skipped") is not None:
            skipped.append(name)
        else:
            passed.append(name)
    broken = f"skipped: {', '.join(skipped)}" if skipped else None
    return Verdict(tuple(passed), tuple(failed), broken, took_s)


def _first_line(text: str, message: str) -> str:
    return next((line[1:].strip() for line in text.splitlines() if line.startswith("E ")), message)


def _environment(copy: Path) -> dict[str, str]:
    """PYTHONPATH comes before what is installed, editable packages included, and is handed on to every child."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KABAR_") or name == "KABAR_CACHE_DIR"}
    sources = [path for folder in ("shared", "services") for path in sorted((copy / folder).glob("*/src"))]
    return kept | {"PYTHONPATH": os.pathsep.join(map(str, sources)), "PYTHONDONTWRITEBYTECODE": "1"}


def _tail(path: Path) -> str:
    lines = [line for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return " | ".join(lines[-3:])[:500]
