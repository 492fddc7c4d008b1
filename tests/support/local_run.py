"""The whole system as a user runs it: `kabar up` in a folder of its own, on free ports."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kabar_embedded import free_port


@dataclass(frozen=True, slots=True)
class LocalRun:
    """One system under test."""

    folder: Path
    search_port: int = field(default_factory=free_port)
    ingest_port: int = field(default_factory=free_port)

    @property
    def env(self) -> dict[str, str]:
        """What `kabar` needs to find this system and no other."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("KABAR_") or name == "KABAR_CACHE_DIR"}
        return clean | {
            "KABAR_UP_STATE_DIR": str(self.folder),
            "KABAR_UP_SEARCH_PORT": str(self.search_port),
            "KABAR_UP_INGEST_PORT": str(self.ingest_port),
        }

    @property
    def search_url(self) -> str:
        """Where searchers go."""
        return f"http://127.0.0.1:{self.search_port}"

    @property
    def ingest_url(self) -> str:
        """Where producers go."""
        return f"http://127.0.0.1:{self.ingest_port}"

    def kabar(self, *arguments: str, stdin: bytes | None = None, timeout_s: float = 180) -> subprocess.CompletedProcess[str]:
        """Run the command `kabar` as a user would."""
        done = subprocess.run(
            [sys.executable, "-m", "kabar_cli", *arguments], env=self.env, input=stdin, capture_output=True, timeout=timeout_s, check=False
        )
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    def process(self, name: str) -> dict[str, Any]:
        """What is recorded of one process: pid, address, restarts."""
        facts = json.loads(self.kabar("status", "--json").stdout)
        return next(fact for fact in facts["processes"] if fact["name"] == name)

    def kill(self, name: str) -> int:
        """End one process as a crash would. Returns the pid it had."""
        pid = int(self.process(name)["pid"])
        os.kill(pid, signal.SIGKILL)
        return pid
