"""A real server: that it starts, keeps what it acknowledged, and says clearly why it cannot start."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest
from kabar_embedded import DirectoryInUseError, PortTakenError, RunningServer, ServerStartError, start_redis
from kabar_embedded.processes import spawn, wait_until_ready
from kabar_embedded.redis_server import redis_process

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RunningServer]:
    with start_redis(tmp_path / "my redis") as server:
        yield server


def ask(server: RunningServer, *commands: str, timeout_s: float = 5.0) -> str:
    """The raw answers to inline commands."""
    with socket.create_connection((server.host, server.port), timeout=timeout_s) as connection:
        connection.sendall("".join(f"{command}\r\n" for command in (*commands, "QUIT")).encode())
        return b"".join(iter(lambda: connection.recv(65_536), b"")).decode()


def test_redis_answers_once_it_is_handed_out(redis: RunningServer) -> None:
    assert ask(redis, "PING").startswith("+PONG")
    assert redis.url == f"redis://127.0.0.1:{redis.port}/0"


def test_streams_and_groups_work(redis: RunningServer) -> None:
    answer = ask(redis, "XGROUP CREATE articles group 0 MKSTREAM", "XADD articles * data x", "XREADGROUP GROUP group me STREAMS articles >")

    assert "ERR" not in answer
    assert answer.rstrip().endswith("+OK")


def test_an_acknowledged_write_survives_sigkill(redis: RunningServer) -> None:
    assert "+OK" in ask(redis, "SET article kept")

    redis.kill()

    with start_redis(redis.directory, port=redis.port) as again:
        assert "kept" in ask(again, "GET article")


def test_a_stopped_server_no_longer_runs_and_stopping_twice_is_harmless(redis: RunningServer) -> None:
    assert redis.is_running

    redis.stop()
    redis.stop()

    assert not redis.is_running


def test_a_paused_server_answers_again_when_it_goes_on(redis: RunningServer) -> None:
    redis.pause()
    with pytest.raises(TimeoutError):
        ask(redis, "PING", timeout_s=0.3)

    redis.resume()

    assert ask(redis, "PING").startswith("+PONG")


def test_a_paused_server_can_be_stopped(redis: RunningServer) -> None:
    redis.pause()

    redis.stop()

    assert not redis.is_running


def test_a_taken_port_is_an_error_that_names_the_owner_and_the_setting(redis: RunningServer, tmp_path: Path) -> None:
    with pytest.raises(PortTakenError, match=rf"{redis.port}.*pid {redis.pid}.*KABAR_UP_REDIS_PORT"):
        start_redis(tmp_path / "another", port=redis.port, port_setting="KABAR_UP_REDIS_PORT")


def test_a_second_server_on_the_same_folder_is_refused(redis: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kabar_embedded.processes.DIRECTORY_RELEASE_S", 0.2)

    with pytest.raises(DirectoryInUseError):
        start_redis(redis.directory)


def test_a_server_that_cannot_read_its_data_is_an_error_with_the_end_of_its_log(redis: RunningServer) -> None:
    ask(redis, "SET article kept")
    redis.stop()
    manifest = redis.directory / "appendonlydir" / "appendonly.aof.manifest"
    manifest.write_text("this is no manifest\n")

    with pytest.raises(ServerStartError, match="ended while it was starting") as caught:
        start_redis(redis.directory)

    assert "manifest" in caught.value.log_tail


def test_a_strangers_redis_is_not_taken_for_ours(redis: RunningServer, tmp_path: Path) -> None:
    """As when another program opens the port between our look at it and our start."""
    process = redis_process(tmp_path / "late", port=redis.port)
    assert process.ready is not None

    assert process.ready() is False


def test_the_log_of_the_run_before_is_kept_beside_the_new_one(redis: RunningServer) -> None:
    redis.kill()

    with start_redis(redis.directory) as again:
        assert str(redis.pid) in again.log_path.with_name("redis.log.1").read_text()
        assert str(redis.pid) not in again.log_path.read_text()


def test_memory_that_is_full_refuses_writes_and_forgets_nothing(tmp_path: Path) -> None:
    with start_redis(tmp_path, maxmemory_mb=8) as server:
        answers = ask(server, *(f"SET key-{number} {'x' * 1_000}" for number in range(20_000)))

        assert "-OOM" in answers
        assert "$1000" in ask(server, "GET key-0")


def test_a_spec_can_be_started_and_awaited_by_hand(tmp_path: Path, redis: RunningServer) -> None:
    redis.stop()
    process = redis_process(tmp_path / "by hand", port=redis.port)

    child = spawn(process)
    try:
        wait_until_ready(process, child)
    finally:
        child.terminate()

    assert child.wait(10) == 0
