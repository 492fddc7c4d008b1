"""A Redis Sentinel of a test's own."""

from collections.abc import Callable, Sequence
from pathlib import Path

from kabar_embedded import Process, RunningServer
from kabar_embedded.processes import start


def start_sentinel(folder: Path, *, binary: Path, port: int, settings: Sequence[str], ready: Callable[[], bool]) -> RunningServer:
    """A Sentinel that has these lines in its configuration, from when it is `ready`. Its files lie in `folder`, which must be there."""
    config = folder / "sentinel.conf"
    config.write_text("\n".join((*settings, f"dir {folder}")) + "\n")
    process = Process(name="sentinel", argv=(str(binary), str(config), "--sentinel"), log_path=folder / "sentinel.log", ready=ready)
    return start(process, host="127.0.0.1", port=port, url=f"redis://127.0.0.1:{port}", directory=folder)
