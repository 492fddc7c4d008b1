"""Make Java's start-up cache, once for each Java and set of libraries.

A node of its own, in a folder of its own, does what nodes do, and is stopped; Java then writes the cache (half a minute
in all). It is not the user's own first node, because that would then take 20 s to stop and start slower besides.
"""

from __future__ import annotations

import contextlib
import fcntl
import http.client
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from kabar_embedded.aot_cache import aot_folder, publish, train_flags, usable_cache
from kabar_embedded.artifacts import Progress, ensure_artifacts
from kabar_embedded.errors import EmbeddedError
from kabar_embedded.opensearch_node import aot_key_for, node_process
from kabar_embedded.ports import LOOPBACK, OPENSEARCH_PORTS, first_free
from kabar_embedded.processes import end_child, spawn, start_error, wait_until_ready

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HEAP_MB = 512
READY_TIMEOUT_S = 300.0
WRITING_TIMEOUT_S = 300.0
REQUEST_TIMEOUT_S = 60.0
NICENESS = 10
ENOUGH_MEMORY_BYTES = 2 * 1024**3
RETRY_AFTER_S = 3600.0
Body = dict[str, Any] | list[dict[str, Any]] | None
ARTICLES = 200


def prepare_opensearch(*, cache_dir: Path | None = None, progress: Progress | None = None) -> Path:
    """Fetch the libraries and make the start-up cache, unless both are there. Returns the cache's file.

    For `make setup` and for images of CI machines: about 20 s of fetching and 30 s of work. Says on stderr what takes
    the time. Waits for another process that is at it. Raises `EmbeddedError`.
    """
    jars = ensure_artifacts(cache_dir=cache_dir, progress=progress)
    folder, key = aot_folder(cache_dir), aot_key_for(jars, heap_mb=HEAP_MB)
    folder.mkdir(parents=True, exist_ok=True)
    cache = usable_cache(folder, key)
    if cache:
        return cache
    sys.stderr.write("Writing OpenSearch's start-up cache (half a minute, once) ...\n")
    with _only_one(folder, wait=True):
        return usable_cache(folder, key) or _train(folder, key, jars)


def train_quietly(*, cache_dir: Path | None = None) -> str:
    """The same in the background: at low priority, and not at all while it would be in the way. Returns what was done.

    A training that failed is not tried again for an hour.
    """
    jars = ensure_artifacts(cache_dir=cache_dir)
    folder, key = aot_folder(cache_dir), aot_key_for(jars, heap_mb=HEAP_MB)
    folder.mkdir(parents=True, exist_ok=True)
    attempt = folder / f"{key}.attempt"
    if psutil.virtual_memory().available < ENOUGH_MEMORY_BYTES:
        return "too little memory is free"
    try:
        with _only_one(folder, wait=False):
            if usable_cache(folder, key):
                return "another process has made it"
            if attempt.exists() and time.time() - attempt.stat().st_mtime < RETRY_AFTER_S:
                return "the last try failed less than an hour ago"
            attempt.touch()
            os.nice(NICENESS)
            cache = _train(folder, key, jars)
            attempt.unlink(missing_ok=True)
            return f"wrote {cache}"
    except BlockingIOError:
        return "another process is at it"


def _train(folder: Path, key: str, jars: tuple[Path, ...]) -> Path:
    """Train and publish. The caller holds the lock."""
    _sweep(folder)
    with tempfile.TemporaryDirectory(prefix="training-", dir=folder) as name:
        directory = Path(name)
        output = directory / "new.aot"
        # From the upper half: the lower is where people's own settings point.
        port = first_free(range(OPENSEARCH_PORTS.stop - 1, OPENSEARCH_PORTS.start - 1, -1))
        process = node_process(
            directory,
            port=port,
            heap_mb=HEAP_MB,
            settings={},
            jars=jars,
            aot_flags=train_flags(output),
            ready_timeout_s=READY_TIMEOUT_S,
            name="opensearch-training",
        )
        child = spawn(process)
        try:
            wait_until_ready(process, child)
            work_like_kabar(port)
        except BaseException:
            child.kill()
            raise
        finally:
            # Java writes the cache on its way out.
            end_child(child, grace_s=WRITING_TIMEOUT_S)
        if not output.is_file():
            raise start_error(process, "wrote no start-up cache")
        return publish(output, folder=folder, key=key)


def work_like_kabar(port: int) -> None:
    """What the cache should make fast: make an index, write in bulk, search, read back, delete."""
    body: dict[str, Any] = {
        "settings": {"number_of_replicas": 0},
        "mappings": {
            "dynamic": "strict",
            "properties": {
                "article_id": {"type": "keyword"},
                "published_at": {"type": "date"},
                "title": {"type": "text", "analyzer": "indonesian", "fields": {"th": {"type": "text", "analyzer": "thai"}}},
                "text": {"type": "text", "analyzer": "english"},
            },
        },
    }
    with contextlib.closing(http.client.HTTPConnection(LOOPBACK, port, timeout=REQUEST_TIMEOUT_S)) as connection:
        ask = _asker(connection)
        ask("PUT", "/_index_template/training", {"index_patterns": ["training-*"], "template": body})
        ask("PUT", "/training-1", {"aliases": {"training": {}}})
        for first in range(0, ARTICLES, 50):
            lines = [line for number in range(first, first + 50) for line in _bulk_lines(number)]
            ask("POST", "/training/_bulk?require_alias=true&refresh=true", lines)
        query = {
            "query": {
                "bool": {
                    "must": {"multi_match": {"query": "berita vaksin", "fields": ["title^2", "text"]}},
                    "filter": {"range": {"published_at": {"gte": "2020-01-01"}}},
                }
            },
            "highlight": {"fields": {"text": {}}, "encoder": "html"},
            "aggs": {
                "ids": {"terms": {"field": "article_id"}},
                "days": {"date_histogram": {"field": "published_at", "calendar_interval": "day"}},
            },
            "sort": ["_score", {"article_id": "asc"}],
        }
        for _ in range(20):
            ask("POST", "/training/_search", query)
        ask("GET", "/training/_doc/1", None)
        ask("GET", "/_cat/indices?format=json", None)
        ask("DELETE", "/training-1", None)
        ask("DELETE", "/_index_template/training", None)


def _bulk_lines(number: int) -> Iterator[dict[str, Any]]:
    yield {"index": {"_id": str(number), "version": number + 1, "version_type": "external_gte"}}
    yield {
        "article_id": str(number),
        "published_at": f"2026-01-{number % 28 + 1:02d}T00:00:00Z",
        "title": f"Berita {number}: vaksin baru สวัสดีครับ",
        "text": "The ministry said on Monday that the vaccine would be distributed to all the provinces. " * 10,
    }


def _asker(connection: http.client.HTTPConnection) -> Callable[[str, str, Body], None]:
    def ask(method: str, path: str, body: Body) -> None:
        if isinstance(body, list):
            payload, kind = "".join(json.dumps(line) + "\n" for line in body), "application/x-ndjson"
        else:
            payload, kind = json.dumps(body) if body is not None else "", "application/json"
        connection.request(method, path, payload.encode() or None, {"Content-Type": kind})
        response = connection.getresponse()
        answer = response.read()
        if response.status >= http.client.BAD_REQUEST:
            raise EmbeddedError(f"The training node answered {response.status} to {method} {path}: {answer[:500]!r}")

    return ask


@contextlib.contextmanager
def _only_one(folder: Path, *, wait: bool) -> Iterator[None]:
    """Hold the trainers' lock. Raises `BlockingIOError` when another has it and we do not wait."""
    with (folder / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield


def _sweep(folder: Path) -> None:
    """Remove what a killed training left, its node included. Nobody else can own it: we hold the lock."""
    for leftover in folder.glob("training-*/"):
        for process in psutil.process_iter(["cmdline"]):
            if str(leftover) in (process.info["cmdline"] or ()):
                with contextlib.suppress(psutil.Error):
                    process.kill()
                    process.wait(10)
        shutil.rmtree(leftover, ignore_errors=True)
