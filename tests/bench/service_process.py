"""Services as processes of their own, as they are run: what is measured of them is not the measuring process."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil

STOP_DEADLINE_S = 15.0


@contextmanager
def running(module: str, settings: Mapping[str, str], *, log_path: Path) -> Iterator[psutil.Process]:
    """`python -m module` with these settings and no others of ours, ended by SIGTERM. Its output goes to `log_path`."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KABAR_")} | dict(settings)
    with log_path.open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", module], env=environment, stdout=log, stderr=log)
    try:
        yield psutil.Process(process.pid)
        if (code := process.poll()) is not None:
            raise RuntimeError(f"{module} ended by itself with {code}: {log_path.read_text(errors='replace')[-500:]}")
    finally:
        process.terminate()
        try:
            process.wait(STOP_DEADLINE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
