"""The whole system between links, on real servers: it works, comes back, and ends without a trace."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import psutil
import system
from system import System, running
from waiting import eventually

RUN = """
import sys, time
from pathlib import Path
from system import running
with running(Path(sys.argv[1]), enrichers="off") as system:
    print(*(managed.pid for managed in system.processes.values()), next(iter(system.links.values())).carrier.pid, flush=True)
    while True:
        time.sleep(1)
"""


def push(running_system: System, native_id: str) -> None:
    article = {"source": "warta.example", "native_id": native_id, "title": "Judul", "body": "Satu paragraf pendek."}
    request = urllib.request.Request(  # noqa: S310  # always http
        f"{running_system.ingest_url}/v1/articles", data=json.dumps(article).encode(), headers={"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        assert answer.status == 202


def counted(running_system: System) -> dict[str, int]:
    """How many documents there are in each index."""
    counts = {}
    for index in ("articles", "revisions"):
        query: Any = f"{running_system.opensearch_url}/{index}/_count"
        with urllib.request.urlopen(query, timeout=10) as answer:  # noqa: S310
            counts[index] = json.load(answer)["count"]
    return counts


def test_an_article_goes_its_way_after_every_process_was_killed_and_no_child_is_left(tmp_path: Path) -> None:
    with running(tmp_path, enrichers="off") as running_system:
        push(running_system, "before")
        eventually(lambda: counted(running_system) == {"articles": 1, "revisions": 1}, within_s=30, what="the first has arrived")
        for managed in running_system.processes.values():
            assert managed.signal(signal.SIGKILL) is not None
        everybody = running_system.processes
        eventually(
            lambda: all(everybody[name].restarts and running_system.is_ready(name) for name in everybody), within_s=120, what="all are back"
        )
        push(running_system, "after")
        eventually(lambda: counted(running_system) == {"articles": 2, "revisions": 2}, within_s=30, what="the second has arrived")
    assert running_system.orphans == []
    assert all(managed.pid is None for managed in everybody.values())


def test_a_run_that_is_told_to_end_leaves_no_process(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(system.__file__).parent), os.environ.get("PYTHONPATH", "")])}
    run = subprocess.Popen([sys.executable, "-c", RUN, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
    assert run.stdout is not None
    with run.stdout:
        pids = [int(pid) for pid in run.stdout.readline().split()]
    run.terminate()
    run.wait(60)
    assert len(pids) == 7
    assert [pid for pid in pids if psutil.pid_exists(pid)] == []
