"""One worker as a process of its own, as it runs in production."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from kabar_embedded import free_port
from waiting import eventually


@dataclass(slots=True)
class WorkerProcess:
    """A running `python -m kabar_<service>`."""

    child: subprocess.Popen[bytes]
    port: int
    log_path: Path

    def health(self, path: str) -> int:
        """The status of `/livez` or `/readyz`; 0 when nobody answers."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def wait_ready(self, *, within_s: float = 20) -> None:
        """Until it consumes and what it depends on answers."""
        eventually(
            lambda: self.health("/readyz") == 200 and "worker_started" in self.log(), within_s=within_s, what=f"worker ready: {self.log()}"
        )

    def log(self) -> str:
        """What it logged so far."""
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    def error_lines(self) -> int:
        """How many lines tell of a warning or an error."""
        return sum('"level": "error"' in line or '"level": "warning"' in line for line in self.log().splitlines())

    def ask_to_stop(self) -> None:
        """SIGTERM."""
        self.child.send_signal(signal.SIGTERM)

    def terminate(self, *, within_s: float = 10) -> int:
        """SIGTERM, and the exit code."""
        self.ask_to_stop()
        return self.child.wait(within_s)

    def kill(self) -> None:
        """SIGKILL."""
        self.child.kill()
        self.child.wait()


@contextmanager
def worker(service: str, folder: Path, **settings: str) -> Iterator[WorkerProcess]:
    """A worker with these settings (`redis_url=…`); killed at the end if it still runs."""
    port = free_port()
    prefix = f"KABAR_{service.upper()}_"
    env = {name: value for name, value in os.environ.items() if not name.startswith("KABAR_")}
    env |= {f"{prefix}{name.upper()}": value for name, value in settings.items()} | {f"{prefix}PORT": str(port)}
    folder.mkdir(parents=True, exist_ok=True)
    log_path = folder / f"{service}-{port}.log"
    with log_path.open("wb") as log:
        child = subprocess.Popen([sys.executable, "-m", f"kabar_{service}"], env=env, stdout=log, stderr=subprocess.STDOUT)
    process = WorkerProcess(child=child, port=port, log_path=log_path)
    try:
        yield process
    finally:
        if child.poll() is None:
            process.kill()
