"""Fetching, with a stand-in for the network: what is kept, what is refused, and what two processes do at once."""

from __future__ import annotations

import hashlib
import shutil
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from kabar_embedded import ArtifactError
from kabar_embedded.artifacts import FIXED_MTIME_S, Artifact, ensure_artifacts

if TYPE_CHECKING:
    from pathlib import Path

CONTENT = {"one": b"the first jar", "two": b"the second jar"}
ARTIFACTS = tuple(
    Artifact(group="org.example", artifact=name, version="1.0", sha256=hashlib.sha256(content).hexdigest())
    for name, content in CONTENT.items()
)


class Network:
    """Stands for Maven Central behind jgo: writes into the repository it is given, as jgo does."""

    def __init__(self) -> None:
        self.content = dict(CONTENT)
        self.fetched: list[str] = []

    def context(self, *, repo_cache: Path, timeout: int) -> Network:  # noqa: ARG002
        bound = Network()
        bound.content, bound.fetched = self.content, self.fetched
        bound.repo_cache = repo_cache
        return bound

    repo_cache: Path
    wanted: str

    def project(self, _group: str, artifact: str) -> Network:
        self.wanted = artifact
        return self

    def at_version(self, _version: str) -> Network:
        return self

    def artifact(self) -> Network:
        return self

    def resolve(self) -> Path:
        self.fetched.append(self.wanted)
        if self.wanted not in self.content:
            raise ConnectionError("no network")
        path = self.repo_cache / f"{self.wanted}.jar"
        path.write_bytes(self.content[self.wanted])
        return path


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    network = Network()
    monkeypatch.setattr("jgo.maven.MavenContext", network.context)
    monkeypatch.setattr("kabar_embedded.artifacts.locked_artifacts", lambda: ARTIFACTS)
    return network


def test_everything_is_fetched_once(network: Network, tmp_path: Path) -> None:
    progress: list[tuple[int, int]] = []

    jars = ensure_artifacts(cache_dir=tmp_path, progress=lambda done, total: progress.append((done, total)))
    ensure_artifacts(cache_dir=tmp_path)

    assert [jar.read_bytes() for jar in jars] == list(CONTENT.values())
    assert sorted(network.fetched) == ["one", "two"]
    assert progress == [(0, 2), (1, 2), (2, 2)]


def test_a_fetched_file_always_has_the_same_time(network: Network, tmp_path: Path) -> None:  # noqa: ARG001
    assert {jar.stat().st_mtime for jar in ensure_artifacts(cache_dir=tmp_path)} == {FIXED_MTIME_S}


def test_a_file_with_another_hash_is_refused_and_not_kept(network: Network, tmp_path: Path) -> None:
    network.content["two"] = b"something else"

    with pytest.raises(ArtifactError, match=r"org\.example:two:1\.0 is not the file"):
        ensure_artifacts(cache_dir=tmp_path)

    assert not (tmp_path / "maven" / ARTIFACTS[1].path).exists()


def test_without_a_network_the_error_names_the_artifact_and_what_to_do(network: Network, tmp_path: Path) -> None:
    del network.content["two"]

    with pytest.raises(ArtifactError, match=r"org\.example:two:1\.0 could not be fetched.*KABAR_CACHE_DIR"):
        ensure_artifacts(cache_dir=tmp_path)


def test_a_fetch_goes_on_where_it_was_interrupted(network: Network, tmp_path: Path) -> None:
    del network.content["two"]
    with pytest.raises(ArtifactError):
        ensure_artifacts(cache_dir=tmp_path)
    network.content["two"] = CONTENT["two"]
    network.fetched.clear()

    ensure_artifacts(cache_dir=tmp_path)

    assert network.fetched == ["two"]


def test_a_damaged_file_is_fetched_again(network: Network, tmp_path: Path) -> None:
    jars = ensure_artifacts(cache_dir=tmp_path)
    jars[0].write_bytes(b"")
    network.fetched.clear()

    ensure_artifacts(cache_dir=tmp_path)

    assert network.fetched == ["one"]
    assert jars[0].read_bytes() == CONTENT["one"]


def test_two_at_once_fetch_everything_once(network: Network, tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda _number: ensure_artifacts(cache_dir=tmp_path), range(2)))

    assert results[0] == results[1]
    assert sorted(network.fetched) == ["one", "two"]


def test_what_a_killed_fetch_left_is_removed(network: Network, tmp_path: Path) -> None:  # noqa: ARG001
    leftover = tmp_path / "maven" / ".fetch-killed"
    leftover.mkdir(parents=True)
    (leftover / "half.jar").write_bytes(b"half")

    ensure_artifacts(cache_dir=tmp_path)

    assert not leftover.exists()
    shutil.rmtree(tmp_path)
