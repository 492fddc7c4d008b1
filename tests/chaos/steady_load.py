"""A producer that pushes small articles at a steady pace, whatever becomes of them, and notes what it was answered."""

import asyncio
import hashlib
import itertools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

SOURCE: Final = "matrix.example"
ANSWER_TIMEOUT_S: Final = 2.0
"""How long the producer waits for an answer. Then it drops every connection that is idle: what befell one befell them."""

IDLE_S: Final = 3.0
"""A connection that was idle for longer is not used again: the server closes those at its own time."""

BODY: Final = "Pemerintah kota mengumumkan jadwal baru kereta ringan untuk pekerja malam di pelabuhan. " * 4

Clock = Callable[[], float]
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Answer(StrEnum):
    """What the producer knows of an article."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(slots=True, kw_only=True)
class Push:
    """One article that was pushed. Times are of the monotonic clock."""

    number: int
    content_sha256: str
    sent_at: float
    answered_at: float | None = None
    answer: Answer = Answer.UNKNOWN
    why: str = ""
    article_id: str = ""
    revision: int = 0
    searchable_at: float | None = None
    archived_at: float | None = None

    @property
    def arrived_at(self) -> float | None:
        """When it was both searchable and in the archive."""
        if self.searchable_at is None or self.archived_at is None:
            return None
        return max(self.searchable_at, self.archived_at)


@dataclass(slots=True)
class SteadyLoad:
    """Pushes until it is cancelled; `pushes` has everything that was sent, in order."""

    url: str
    articles_per_s: float
    clock: Clock = time.monotonic
    pushes: list[Push] = field(default_factory=list)
    _idle: list[tuple[float, Connection]] = field(default_factory=list)
    """Since when, and which; the last used last."""
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self) -> None:
        """Send each article when its turn has come, without waiting for those before."""
        began = self.clock()
        try:
            for number in itertools.count():
                await asyncio.sleep(max(began + number / self.articles_per_s - self.clock(), 0))
                task = asyncio.create_task(self._push(number))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        finally:
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self._drop_idle()

    async def _push(self, number: int) -> None:
        body = json.dumps({"source": SOURCE, "native_id": f"{number}", "title": f"Judul {number}", "body": f"{number}. {BODY}"}).encode()
        push = Push(number=number, content_sha256=hashlib.sha256(body).hexdigest(), sent_at=self.clock())
        self.pushes.append(push)
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                await self._ask(push, body)
        except (OSError, EOFError, TimeoutError, ValueError) as error:
            push.why = f"{type(error).__name__}: {error}".removesuffix(": ")
            self._drop_idle()
        push.answered_at = self.clock()

    async def _ask(self, push: Push, body: bytes) -> None:
        try:
            reader, writer = await self._connection()
        except OSError:
            push.answer = Answer.REFUSED
            raise
        try:
            status, answer = await _exchange(reader, writer, body)
        except BaseException:
            writer.transport.abort()
            raise
        self._idle.append((self.clock(), (reader, writer)))
        if status == 202:
            facts = json.loads(answer)
            push.answer, push.article_id, push.revision = Answer.ACCEPTED, facts["article_id"], facts["revision"]
        else:
            # Only what ingest calls unknown (504) may have been accepted.
            push.answer = Answer.UNKNOWN if status == 504 else Answer.REFUSED
            push.why = f"{status} {answer[:200].decode(errors='replace')}"

    async def _connection(self) -> Connection:
        while self._idle:
            since, connection = self._idle.pop()
            if self.clock() - since <= IDLE_S:
                return connection
            connection[1].transport.abort()
        where = urlsplit(self.url)
        return await asyncio.open_connection(where.hostname, where.port)

    def _drop_idle(self) -> None:
        for _, (_, writer) in self._idle:
            writer.transport.abort()
        self._idle.clear()


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body: bytes) -> tuple[int, bytes]:
    """The status and the body of the answer to one POST. Plain sockets: an HTTP client library might repeat what it was not told to."""
    writer.write(b"POST /v1/articles HTTP/1.1\r\nhost: kabar\r\ncontent-type: application/json\r\n")
    writer.write(b"content-length: %d\r\n\r\n" % len(body) + body)
    head = await reader.readuntil(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    if not lengths:
        raise ValueError(f"an answer without a length: {head[:100]!r}")
    return int(head.split(b" ", 2)[1]), await reader.readexactly(int(lengths[0].partition(b":")[2]))
