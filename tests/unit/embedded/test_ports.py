"""Real sockets on the loopback interface."""

from __future__ import annotations

import os
import random
import socket
from typing import TYPE_CHECKING

import pytest
from kabar_embedded.errors import EmbeddedError, PortTakenError
from kabar_embedded.ports import OPENSEARCH_PORTS, first_free, free_opensearch_port, free_port, is_taken, port_owner_hint, require_free

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_free_port_can_be_listened_on() -> None:
    with socket.create_server(("127.0.0.1", free_port())):
        pass


def test_a_port_with_a_listener_is_taken(taken_port: int) -> None:
    assert is_taken(taken_port)
    assert not is_taken(free_port())


def test_the_error_about_a_taken_port_names_the_owner_and_the_setting(taken_port: int) -> None:
    with pytest.raises(PortTakenError, match=rf"{taken_port}.*pid {os.getpid()}.*KABAR_UP_REDIS_PORT"):
        require_free(taken_port, setting="KABAR_UP_REDIS_PORT")


def test_without_a_setting_the_error_still_says_what_to_do(taken_port: int) -> None:
    with pytest.raises(PortTakenError, match="choose another port"):
        require_free(taken_port)


def test_the_owner_of_a_free_port_is_not_guessed() -> None:
    assert port_owner_hint(free_port()) == "another process"


def test_opensearch_gets_a_port_that_its_runner_accepts() -> None:
    ports = {free_opensearch_port(rng=random.Random(seed)) for seed in range(20)}  # noqa: S311

    assert ports <= set(OPENSEARCH_PORTS)
    assert len(ports) > 5, "nodes that start together should seldom meet"


def test_no_free_port_at_all_is_an_error(taken_port: int) -> None:
    with pytest.raises(EmbeddedError, match="No free port"):
        first_free([taken_port])
