"""An HTTP server that answers as it is told, byte for byte where that matters, to see what a client makes of it.

It keeps what a truthful answer says was written, so that a test can tell whether an acknowledged document is there.
"""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

JSON = "application/json; charset=UTF-8"
HTML = "text/html"


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came in."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def heads(self) -> list[dict[str, Any]]:
        """The action lines of a `_bulk`."""
        return [orjson.loads(line)["index"] for line in self.body.splitlines()[::2]]


@dataclass(slots=True)
class Exchange:
    """One request, and the hands to answer it with."""

    request: Request
    writer: asyncio.StreamWriter
    written: dict[str, int]
    """Document id -> version, of everything that was applied."""

    def apply(self, *document_ids: str) -> None:
        """Write these documents of the request, as a node would; all of them by default."""
        for head in self.request.heads:
            if not document_ids or head["_id"] in document_ids:
                self.written[head["_id"]] = max(head["version"], self.written.get(head["_id"], 0))


Reply = Callable[[Exchange], Awaitable[None]]


@dataclass(slots=True)
class ScriptedOpenSearch:
    """The server: `script` is played from its beginning, its last reply again and again."""

    script: list[Reply]
    url: str = ""
    requests: list[Request] = field(default_factory=list)
    written: dict[str, int] = field(default_factory=dict)
    connections: list[asyncio.Task[None]] = field(default_factory=list)

    def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one more connection."""
        self.connections.append(asyncio.create_task(self._serve(reader, writer)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while not writer.is_closing():
                request = await _read(reader)
                self.requests.append(request)
                reply = self.script.pop(0) if len(self.script) > 1 else self.script[0]
                await reply(Exchange(request, writer, self.written))
        except (ConnectionError, asyncio.IncompleteReadError):
            return  # the client has gone
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


@contextlib.asynccontextmanager
async def scripted_opensearch(*script: Reply) -> AsyncIterator[ScriptedOpenSearch]:
    """A server on a free port that plays this script."""
    played = ScriptedOpenSearch(list(script))
    server = await asyncio.start_server(played.connected, "127.0.0.1", 0, limit=64 * 1024 * 1024)
    played.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield played
    finally:
        server.close()
        for connection in played.connections:
            connection.cancel()
        await asyncio.gather(*played.connections, return_exceptions=True)


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.splitlines()
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, target, headers, body)


def answer(status: int, body: Any, *, content_type: str | None = JSON, more: str = "") -> Reply:
    """A whole answer. `body` is bytes, or a value to write as JSON; `more` are header lines, each with its line end."""
    content = body if isinstance(body, bytes) else orjson.dumps(body)

    async def reply(exchange: Exchange) -> None:
        exchange.writer.write(_head(status, len(content), content_type=content_type, more=more) + content)
        await exchange.writer.drain()

    return reply


def bulk_answer(items: Mapping[str, Mapping[str, Any]] | None = None) -> Reply:
    """The answer of a node that wrote every document, except those with an item of their own here."""
    own = items or {}

    async def reply(exchange: Exchange) -> None:
        await answer(200, bulk_body(exchange, own))(exchange)

    return reply


def bulk_body(exchange: Exchange, items: Mapping[str, Mapping[str, Any]] | None = None) -> dict[str, Any]:
    """Apply what succeeds, and say of each document what became of it."""
    own = items or {}
    listed = []
    for head in exchange.request.heads:
        item = {"_id": head["_id"], **own.get(head["_id"], {"status": 201})}
        if item["status"] in (200, 201):
            exchange.apply(head["_id"])
        listed.append({"index": item})
    return {"errors": any("error" in item["index"] for item in listed), "items": listed}


def refusal(status: int, kind: str, reason: str = "") -> dict[str, Any]:
    """The item of a document that was not written."""
    return {"status": status, "error": {"type": kind, "reason": reason}}


def error(status: int, kind: str, reason: str = "") -> Reply:
    """A request refused as a whole, in OpenSearch's own shape."""
    cause = {"type": kind, "reason": reason}
    return answer(status, {"error": {"root_cause": [cause], **cause}, "status": status})


def reshaped(change: Callable[[dict[str, Any]], Any]) -> Reply:
    """Everything is written, but the answer is what `change` makes of the true one."""

    async def reply(exchange: Exchange) -> None:
        await answer(200, change(bulk_body(exchange)))(exchange)

    return reply


def cut_off(*, promised: int = 0) -> Reply:
    """Everything is written, but half of the answer is missing: `promised` more bytes were announced, or chunks were."""

    async def reply(exchange: Exchange) -> None:
        content = orjson.dumps(bulk_body(exchange))
        half = content[: len(content) // 2]
        if promised:
            exchange.writer.write(_head(200, len(content) + promised) + half)
        else:
            head = f"HTTP/1.1 200 OK\r\ncontent-type: {JSON}\r\ntransfer-encoding: chunked\r\n\r\n{len(half):x}\r\n"
            exchange.writer.write(head.encode() + half + b"\r\n")
        await exchange.writer.drain()
        exchange.writer.close()

    return reply


def raw(content: bytes) -> Reply:
    """These bytes and the end of the connection."""

    async def reply(exchange: Exchange) -> None:
        exchange.writer.write(content)
        await exchange.writer.drain()
        exchange.writer.close()

    return reply


def then(first: Callable[[Exchange], object], reply: Reply) -> Reply:
    """The same reply, after something was done with the request."""

    async def both(exchange: Exchange) -> None:
        first(exchange)
        await reply(exchange)

    return both


def within(limit: int) -> Reply:
    """A node, or a proxy, that takes no larger body than this."""

    async def reply(exchange: Exchange) -> None:
        too_large = len(exchange.request.body) > limit
        await (answer(413, b"", content_type=None) if too_large else bulk_answer())(exchange)

    return reply


async def silence(exchange: Exchange) -> None:
    """Never answer."""
    await exchange.writer.wait_closed()


async def hang_up(exchange: Exchange) -> None:
    """Close without a word."""
    exchange.writer.close()


async def reset(exchange: Exchange) -> None:
    """End the connection as a process that dies does."""
    exchange.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    exchange.writer.transport.abort()


def _head(status: int, length: int, *, content_type: str | None = JSON, more: str = "") -> bytes:
    kind = "" if content_type is None else f"content-type: {content_type}\r\n"
    return f"HTTP/1.1 {status} Scripted\r\n{kind}{more}content-length: {length}\r\n\r\n".encode("latin-1")


def by_path(replies: Mapping[str, Reply]) -> Reply:
    """A different reply for each end of the path, such as `_bulk`."""

    async def reply(exchange: Exchange) -> None:
        end = exchange.request.target.partition("?")[0].rpartition("/")[2]
        await replies[end](exchange)

    return reply
