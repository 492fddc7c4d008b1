"""A machine with a Redis on it whose power can be cut: what was not synced is gone afterwards."""

import contextlib
import os
import shutil
import signal
from dataclasses import dataclass, field, replace
from pathlib import Path

from cut_plan import Names
from kabar_embedded import RunningServer, free_port, redis_process, redis_url
from kabar_embedded.processes import start
from kabar_embedded.redis_server import Fsync
from synced_copy import SyncedCopy
from waiting import eventually

APPEND_ONLY_FOLDER = "appendonlydir"
"""Where Redis 7 and Valkey keep the append-only files and their manifest. The folder itself counts as durable."""
KEPT_LIVES = 3


@dataclass(slots=True, kw_only=True)
class Machine:
    """The disk and the server on it. Each time it is started it gets a folder of its own, so that the last lives can be looked at."""

    folder: Path
    shim: Path
    binary: Path
    fsync: Fsync
    port: int = field(default_factory=free_port)
    lives: int = 0
    _disk: SyncedCopy = field(init=False)
    _server: RunningServer | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        """A disk with nothing on it."""
        self._disk = self._disk_of(0)

    @property
    def url(self) -> str:
        """Where the server answers, in all its lives."""
        return redis_url(self.port)

    def start(self) -> None:
        """Switch it on, and wait until the server has loaded what the disk holds.

        Raises EmbeddedError, with the end of the server's log, when the server does not start on what the cut left.
        """
        directory = self._disk.tree
        self._disk.begin()
        process = redis_process(directory, port=self.port, fsync=self.fsync, binary=self.binary)
        process = replace(process, env=self._disk.environment(self.shim))
        self._server = start(process, host="127.0.0.1", port=self.port, url=self.url, directory=directory)

    def cut_at_folder_sync(self, turn: int) -> None:
        """Have the power go by itself at the `turn`-th fsync of the folder of the append-only files from now on."""
        self._disk.cut_at_folder_sync(turn)

    def wait_cut(self, *, within_s: float) -> None:
        """Until the power went by itself."""
        eventually(lambda: self._server is None or not self._server.is_running, within_s=within_s, what="the server syncs its folder")

    def cut(self) -> None:
        """The power goes, now: the server and all its children end where they are."""
        if self._server is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._server.pid, signal.SIGKILL)
        self._server.kill()
        self._server = None

    def lose(self, *, names: Names, kept_share: float) -> int:
        """Put what is left into the folder of the next life; how many bytes were written and not synced when the power went.

        Raises UnfitError when the server wrote as the shim does not expect.
        """
        written_names = self._disk.written_names()
        chosen = self._disk.synced_names() if names is Names.SYNCED else written_names
        left = self._disk.contents(chosen, kept_share=kept_share)
        written, durable = (self._disk.contents(written_names, kept_share=share) for share in (1.0, 0.0))
        self.lives += 1
        shutil.rmtree(self.folder / _life(self.lives - KEPT_LIVES), ignore_errors=True)
        self._disk = self._disk_of(self.lives)
        self._disk.folder.mkdir(parents=True)
        for name, content in left.items():
            (self._disk.folder / name).write_bytes(content)
        return sum(map(len, written.values())) - sum(map(len, durable.values()))

    def _disk_of(self, life: int) -> SyncedCopy:
        folder = self.folder / _life(life)
        return SyncedCopy(tree=folder / "data", folder=folder / "data" / APPEND_ONLY_FOLDER, place=folder / "durable")


def _life(number: int) -> str:
    return f"life-{number:02}"
