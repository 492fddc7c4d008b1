"""The Java libraries of OpenSearch: named and hashed in a lock, fetched once into the user's cache."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as ProgressBar

from kabar_embedded.cache_folder import CACHE_DIR_VARIABLE, cache_folder
from kabar_embedded.errors import ArtifactError

Progress = Callable[[int, int], None]
"""Told how many artifacts of how many are there; first call with what the cache already had."""

LOCK_NAME = "opensearch.lock.toml"
FETCH_THREADS = 16
"""Most of the time goes into waiting for small answers: 16 threads take 17 s where one takes minutes."""
HTTP_TIMEOUT_S = 30
FIXED_MTIME_S = 1_577_836_800
"""Java refuses a start-up cache when a library's time has changed, so a fetched-again file gets the same one."""


@dataclass(frozen=True, order=True, kw_only=True)
class Artifact:
    """One jar: its Maven coordinates and the SHA-256 of its content (64 hex digits)."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def coordinates(self) -> str:
        """As Maven people write it."""
        return f"{self.group}:{self.artifact}:{self.version}"

    @property
    def path(self) -> Path:
        """Its place in a repository of Maven's layout."""
        return Path(*self.group.split("."), self.artifact, self.version, f"{self.artifact}-{self.version}.jar")


def locked_artifacts(text: str | None = None) -> tuple[Artifact, ...]:
    """What the lock names, sorted. Reads the lock that ships inside this package unless given another's text."""
    source = text if text is not None else files(__package__).joinpath(LOCK_NAME).read_text(encoding="utf-8")
    entries: list[dict[str, Any]] = tomllib.loads(source)["artifacts"]
    return tuple(sorted(Artifact(**entry) for entry in entries))


def ensure_artifacts(*, cache_dir: Path | None = None, progress: Progress | None = None) -> tuple[Path, ...]:
    """Every jar of the lock, present and verified, in the lock's order. Fetches what is missing or damaged.

    An interrupted fetch goes on where it stopped, and two processes at once fetch everything once: a file appears
    under its name only whole and verified, and a lock file keeps the second one waiting.
    Without `progress`, a bar on a terminal and one line otherwise, both on stderr, and only when something is fetched.

    Raises `ArtifactError` that names the artifact and what to do.
    """
    store = cache_folder(cache_dir) / "maven"
    artifacts = locked_artifacts()
    if missing_from(store, artifacts):
        store.mkdir(parents=True, exist_ok=True)
        with _exclusive(store / ".lock"):
            # Somebody else may have fetched them while we waited.
            missing = missing_from(store, artifacts)
            if missing:
                _sweep(store)
                with _reported(progress) as report:
                    _fetch(missing, store=store, total=len(artifacts), report=report)
    return tuple(store / artifact.path for artifact in artifacts)


def missing_from(store: Path, artifacts: Sequence[Artifact]) -> tuple[Artifact, ...]:
    """Those that the store lacks or holds with another content. Reads all of it: about 0.1 s for 75 MB."""
    with ThreadPoolExecutor(FETCH_THREADS) as pool:
        whole = list(pool.map(lambda artifact: sha256_of(store / artifact.path) == artifact.sha256, artifacts))
    return tuple(artifact for artifact, is_whole in zip(artifacts, whole, strict=True) if not is_whole)


def sha256_of(path: Path) -> str | None:
    """The file's SHA-256 in hex, or None if there is no such file."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None


def _fetch(missing: Sequence[Artifact], *, store: Path, total: int, report: Progress) -> None:
    done = total - len(missing)
    report(done, total)
    # Inside the store, so that moving a file into its place is one rename on one disk.
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=store) as staging, ThreadPoolExecutor(FETCH_THREADS) as pool:
        running = [pool.submit(_fetch_one, artifact, staging=Path(staging), store=store) for artifact in missing]
        try:
            for finished in as_completed(running):
                finished.result()
                done += 1
                report(done, total)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _fetch_one(artifact: Artifact, *, staging: Path, store: Path) -> None:
    # Imported late: only a first start needs it, and it costs 0.2 s.
    from jgo.maven import MavenContext  # noqa: PLC0415

    context = MavenContext(repo_cache=staging, timeout=HTTP_TIMEOUT_S)
    try:
        fetched = context.project(artifact.group, artifact.artifact).at_version(artifact.version).artifact().resolve()
    except Exception as error:  # jgo lets the errors of its HTTP client and its own RuntimeError through
        raise ArtifactError(
            f"{artifact.coordinates} could not be fetched from Maven Central: {error}. The first start needs a network; "
            f"what was fetched is kept, so just try again. Without a network, copy the cache folder of a machine that "
            f"has it ({store.parent}; another place with {CACHE_DIR_VARIABLE})."
        ) from error
    actual = sha256_of(fetched)
    if actual != artifact.sha256:
        raise ArtifactError(
            f"{artifact.coordinates} is not the file that {LOCK_NAME} names: its SHA-256 is {actual}, not "
            f"{artifact.sha256}. It was thrown away. Try again; if it stays so, something on the way changes files."
        )
    target = store / artifact.path
    target.parent.mkdir(parents=True, exist_ok=True)
    os.utime(fetched, (FIXED_MTIME_S, FIXED_MTIME_S))
    fetched.replace(target)


def _sweep(store: Path) -> None:
    # Half-fetched files of a run that was killed. Nobody else can own them: we hold the lock.
    for leftover in store.glob(".fetch-*"):
        shutil.rmtree(leftover, ignore_errors=True)


@contextlib.contextmanager
def _exclusive(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def _reported(progress: Progress | None) -> Iterator[Progress]:
    if progress:
        yield progress
    elif sys.stderr.isatty():
        with _progress_bar() as bar:
            yield bar
    else:
        sys.stderr.write("Fetching OpenSearch's libraries (75 MB, once) ...\n")
        yield lambda _done, _total: None


@contextlib.contextmanager
def _progress_bar() -> Iterator[Progress]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with ProgressBar(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("Fetching OpenSearch (75 MB, once)", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
