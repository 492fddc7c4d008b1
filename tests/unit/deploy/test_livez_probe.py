"""The containers' health check, against a real HTTP server."""

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Final

import pytest

PROBE: Final = Path(__file__).resolve().parents[3] / "deploy" / "livez.py"


class _Answer(BaseHTTPRequestHandler):
    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status if self.path == "/livez" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Sick(_Answer):
    status = 503


@pytest.fixture(params=[_Answer, _Sick], ids=["alive", "sick"])
def server(request: pytest.FixtureRequest) -> Iterator[HTTPServer]:
    with HTTPServer(("127.0.0.1", 0), request.param) as serving:
        threading.Thread(target=serving.serve_forever, args=(0.01,), daemon=True).start()
        yield serving
        serving.shutdown()


def _probe(port: int) -> subprocess.CompletedProcess[str]:
    # A proxy that answers nothing: the check must not ask it.
    environment = {"KABAR_INDEX_PORT": str(port), "http_proxy": "http://127.0.0.1:9"}
    return subprocess.run(
        [sys.executable, "-S", PROBE, "KABAR_INDEX_PORT"], env=environment, capture_output=True, text=True, check=False, timeout=20
    )


def test_the_probe_says_what_livez_says(server: HTTPServer) -> None:
    finished = _probe(server.server_port)

    alive = server.RequestHandlerClass is _Answer
    assert finished.returncode == (0 if alive else 1)
    assert finished.stdout == f"/livez answered {200 if alive else 503}\n"


def test_the_probe_fails_with_the_reason_when_nothing_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but not listening

        finished = _probe(taken.getsockname()[1])

    assert finished.returncode == 1
    assert "ConnectionRefusedError" in finished.stdout
