"""Which start-up cache fits, and that a damaged one is never used. Files only, no Java."""

from __future__ import annotations

import os
from pathlib import Path

from kabar_embedded.aot_cache import aot_key, publish, usable_cache, use_flags

JARS = (Path("/store/a.jar"), Path("/store/b.jar"))
FLAGS = ("-Xmx512m", "-Djava.locale.providers=CLDR,SPI")
MONTHS_AGO = 1_600_000_000


def key(*, java: str = "25.0.2.1", jars: tuple[Path, ...] = JARS, flags: tuple[str, ...] = FLAGS, machine: str = "x86_64") -> str:
    return aot_key(java_release=java, jars=jars, flags=flags, machine=machine)


def a_published_cache(folder: Path, name: str = "key") -> Path:
    finished = folder / "new.aot.tmp"
    finished.write_bytes(b"a cache")
    return publish(finished, folder=folder, key=name)


def test_another_java_or_library_or_flag_or_machine_needs_another_cache() -> None:
    others = {key(java="26"), key(jars=JARS[:1]), key(flags=FLAGS[:1]), key(machine="aarch64")}

    assert len(others | {key()}) == 5


def test_the_size_of_the_heap_does_not_matter() -> None:
    assert key(flags=("-Xmx2048m", FLAGS[1])) == key()


def test_a_published_cache_is_usable(tmp_path: Path) -> None:
    cache = a_published_cache(tmp_path)

    assert usable_cache(tmp_path, "key") == cache
    assert usable_cache(tmp_path, "another") is None


def test_a_damaged_cache_is_removed_and_not_used(tmp_path: Path) -> None:
    cache = a_published_cache(tmp_path)
    cache.write_bytes(b"a cach\0")

    assert usable_cache(tmp_path, "key") is None
    assert not cache.exists()


def test_a_half_written_cache_has_no_name_that_would_be_used(tmp_path: Path) -> None:
    training = tmp_path / "training-x"
    training.mkdir()
    (training / "new.aot").write_bytes(b"half")

    assert usable_cache(tmp_path, "key") is None


def test_publishing_removes_caches_that_nobody_used_for_a_month(tmp_path: Path) -> None:
    old = a_published_cache(tmp_path, "old")
    os.utime(old, (MONTHS_AGO, MONTHS_AGO))
    recent = a_published_cache(tmp_path, "recent")

    cache = a_published_cache(tmp_path)

    assert set(tmp_path.glob("*.aot")) == {recent, cache}


def test_without_a_cache_java_is_told_nothing() -> None:
    assert use_flags(None) == ()
