"""Real Java: a start-up cache is made once, used, and never in the way."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import psutil
import pytest
from kabar_embedded import RunningServer, prepare_opensearch, start_opensearch
from kabar_embedded.aot_cache import aot_folder
from kabar_embedded.aot_training import train_quietly
from kabar_embedded.artifacts import ensure_artifacts
from kabar_embedded.cache_folder import cache_folder

if TYPE_CHECKING:
    from pathlib import Path

TRAINING_PATIENCE_S = 600.0

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what a process has mapped can be read on Linux only")


@pytest.fixture(scope="module")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder of our own, with the libraries that this machine already has."""
    ensure_artifacts()
    folder = tmp_path_factory.mktemp("cache")
    (folder / "maven").symlink_to(cache_folder() / "maven")
    return folder


@pytest.fixture(scope="module")
def cache(cache_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cache that the first node on a machine has made in the background, while it works."""
    with start_opensearch(tmp_path_factory.mktemp("first"), cache_dir=cache_dir) as node:
        deadline = time.monotonic() + TRAINING_PATIENCE_S
        # The note of the attempt is removed last.
        while not (found := list(aot_folder(cache_dir).glob("*.aot"))) or list(aot_folder(cache_dir).glob("*.attempt")):
            assert time.monotonic() < deadline, (aot_folder(cache_dir) / "training.log").read_text()
            time.sleep(0.1)
        assert node.is_running
    return found[0]


def maps(server: RunningServer, file: Path) -> bool:
    return any(mapping.path == str(file) for mapping in psutil.Process(server.pid).memory_maps())


def test_training_leaves_the_cache_and_its_log_and_nothing_else(cache: Path, cache_dir: Path) -> None:
    assert {path.name for path in aot_folder(cache_dir).iterdir()} == {cache.name, ".lock", "training.log"}


def test_training_again_does_nothing(cache: Path, cache_dir: Path) -> None:
    assert prepare_opensearch(cache_dir=cache_dir) == cache
    assert train_quietly(cache_dir=cache_dir) == "another process has made it"


def test_a_node_uses_the_cache(cache: Path, cache_dir: Path, tmp_path: Path) -> None:
    with start_opensearch(tmp_path, cache_dir=cache_dir) as node:
        assert maps(node, cache)


def test_a_node_can_do_without_the_cache(cache: Path, cache_dir: Path, tmp_path: Path) -> None:
    with start_opensearch(tmp_path, cache_dir=cache_dir, start_cache="off") as node:
        assert not maps(node, cache)


def test_a_node_starts_in_spite_of_a_damaged_cache(cache: Path, cache_dir: Path, tmp_path: Path) -> None:
    """Java itself would crash on zeros in the middle of the file."""
    whole = cache.read_bytes()
    cache.write_bytes(whole[: len(whole) // 2] + bytes(len(whole) - len(whole) // 2))
    try:
        with start_opensearch(tmp_path, cache_dir=cache_dir, start_cache="use") as node:
            assert node.is_running
            assert not cache.exists()
    finally:
        cache.write_bytes(whole)
