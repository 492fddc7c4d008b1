"""Producers that push until the power goes, and the journal of what was accepted from them."""

import hashlib
import http.client
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

ACCEPTED: Final = 202
SOURCE: Final = "warta.example"
LINES: Final = (1, 1, 25, 60)
"""How many articles each producer pushes at once: two send them one by one, two in batches."""
ANSWER_TIMEOUT_S: Final = 10
PAUSE_S: Final = 0.05
WORDS: Final = ("warga", "kota", "banjir", "pasar", "harga", "beras", "jalan", "sekolah", "hujan", "pagi", "menteri", "laporan", "sungai")


@dataclass(frozen=True, slots=True, order=True)
class Accepted:
    """One article that was answered with 202."""

    native_id: str
    revision: int
    content_sha256: str
    """Of the bytes that were sent."""
    article_id: str


@dataclass(slots=True)
class Producer:
    """One producer with a connection of its own. `journal` grows while it runs."""

    name: str
    port: int
    lines: int
    random: Random
    stop: threading.Event
    journal: list[Accepted] = field(default_factory=list)
    _pushed: int = 0

    def run(self) -> None:
        """Push until `stop` is set. What was not answered is unknown, and is neither noted nor repeated."""
        while not self.stop.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_TIMEOUT_S)
            try:
                while not self.stop.is_set() and self._push(connection):
                    pass
            except (OSError, http.client.HTTPException):
                pass
            finally:
                connection.close()
            self.stop.wait(PAUSE_S)

    def _push(self, connection: http.client.HTTPConnection) -> bool:
        """Whether all of one push was accepted."""
        articles = [self._article() for _ in range(self.lines)]
        kind = "application/json" if self.lines == 1 else "application/x-ndjson"
        connection.request("POST", "/v1/articles", b"\n".join(body for _, body in articles), {"content-type": kind})
        answers = answer_lines(connection.getresponse().read())
        for answer in answers:
            if answer.get("status") == ACCEPTED:
                native_id, body = articles[answer.get("line", 1) - 1]
                sha256 = hashlib.sha256(body).hexdigest()
                self.journal.append(Accepted(native_id, answer["revision"], sha256, answer["article_id"]))
        return all(answer.get("status") == ACCEPTED for answer in answers)

    def _article(self) -> tuple[str, bytes]:
        """A new article, or a correction of one of the last ones."""
        self._pushed += 1
        native_id = f"{self.name}-{max(1, self._pushed - self.random.choice((0, 0, 0, 7)))}"
        body = " ".join(self.random.choices(WORDS, k=self.random.randrange(10, 100)))
        article = {"source": SOURCE, "native_id": native_id, "title": f"Judul {self._pushed}", "body": body}
        return native_id, json.dumps(article).encode()


def answer_lines(body: bytes) -> list[dict[str, Any]]:
    """The answers to single articles: one object, one a line, or the `lines` of a problem that came in the middle of a batch."""
    try:
        whole: dict[str, Any] = json.loads(body)
    except ValueError:
        return [json.loads(line) for line in body.splitlines() if line]
    return [*whole.get("lines", []), whole]


@dataclass(frozen=True, slots=True)
class Load:
    """Producers that run."""

    producers: Sequence[Producer]
    stop: threading.Event

    def accepted(self) -> list[Accepted]:
        """What was accepted so far."""
        return [accepted for producer in self.producers for accepted in list(producer.journal)]


@contextmanager
def pushing(port: int, *, name: str, seed: int) -> Iterator[Load]:
    """Producers that push to `ingest` on this port; they have ended when the block is left."""
    stop = threading.Event()
    producers = [
        Producer(f"{name}-{number}", port, lines, Random(f"{seed} {name} {number}"), stop)  # noqa: S311  # to be repeated, not secret
        for number, lines in enumerate(LINES)
    ]
    threads = [threading.Thread(target=producer.run, name=producer.name) for producer in producers]
    for thread in threads:
        thread.start()
    try:
        yield Load(producers, stop)
    finally:
        stop.set()
        for thread in threads:
            with suppress(RuntimeError):
                thread.join()
