"""The process that carries links: it reads orders as lines of JSON, answers each with a line, and ends with its input."""

import asyncio
import json
import socket
import struct
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal, cast

import uvloop

HOST: Final = "127.0.0.1"
BACKLOG: Final = 512
HIGH_BYTES: Final = 256 * 1024
"""What a slow link keeps of one connection and direction before it stops reading, as a network would."""
TICK_S: Final = 0.01
"""Between two helpings of a throttled link."""

FAULTS: Final = frozenset({"heal", "cut", "delay", "throttle", "truncate_answers", "half_open", "mute_answers"})
Direction = Literal["requests", "answers"]
RESET: Final = struct.pack("ii", 1, 0)
"""SO_LINGER of a socket whose close is a reset."""


@dataclass(slots=True, eq=False)
class Lane:
    """What is under way on one connection in one direction."""

    write: Callable[[bytes], None]
    end: Callable[[], None]
    source: "End"
    queued: deque[tuple[float, bytes]] = field(default_factory=deque)
    """When it is due, and what."""
    size: int = 0
    ends: bool = False
    """Whether its end follows what is queued."""

    def put(self, due: float, data: bytes) -> None:
        self.queued.append((due, data))
        self.size += len(data)
        self.source.hold_back(now=self.size > HIGH_BYTES)

    def take(self, at_most: int) -> int:
        """Deliver the first piece, or so much of it. Returns how many bytes."""
        due, data = self.queued.popleft()
        if len(data) > at_most:
            self.queued.appendleft((due, data[at_most:]))
            data = data[:at_most]
        self.size -= len(data)
        self.write(data)
        self.source.hold_back(now=self.size > HIGH_BYTES)
        if self.ends and not self.queued:
            self.end()
        return len(data)

    def flush(self) -> None:
        while self.queued:
            self.take(sys.maxsize)

    def finish(self) -> None:
        """Let the end follow what is queued."""
        self.ends = True
        if not self.queued:
            self.end()

    def drop(self) -> None:
        self.queued.clear()
        self.size = 0
        self.source.hold_back(now=False)


class End(asyncio.Protocol):
    """One of the two sockets of a connection through a link."""

    def __init__(self, passage: "Passage", direction: Direction) -> None:
        self.passage, self.direction = passage, direction
        self.transport: asyncio.Transport | None = None
        self.gone = False
        self._early: list[bytes] = []
        """What came before it was connected."""
        self._ends_early = False
        self._is_held = self._is_blocked = self._is_paused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.transport.writelines(self._early)
        self._early.clear()
        if self._ends_early:
            self.transport.close()
        elif self is self.passage.client:
            self.passage.opened()

    def data_received(self, data: bytes) -> None:
        self.passage.received(self.direction, data)

    def connection_lost(self, exc: Exception | None) -> None:
        self.gone = True
        self.passage.lost(self, was_reset=exc is not None)

    def pause_writing(self) -> None:
        self.passage.other(self).block(now=True)

    def resume_writing(self) -> None:
        self.passage.other(self).block(now=False)

    def hold_back(self, *, now: bool) -> None:
        """Whether too much of it is under way."""
        self._is_held = now
        self._apply()

    def block(self, *, now: bool) -> None:
        """Whether the other socket takes nothing for the time being."""
        self._is_blocked = now
        self._apply()

    def _apply(self) -> None:
        wanted = self._is_held or self._is_blocked
        if wanted == self._is_paused or self.transport is None or self.gone:
            return
        self._is_paused = wanted
        if wanted:
            self.transport.pause_reading()
        else:
            self.transport.resume_reading()

    def write(self, data: bytes) -> None:
        if self.transport is None:
            self._early.append(data)
        elif not self.gone:
            self.transport.write(data)

    def close(self) -> None:
        if self.transport is None:
            self._ends_early = True
        elif not self.gone:
            self.transport.close()

    def reset(self) -> None:
        if self.transport is None or self.gone:
            return
        own: socket.socket | None = self.transport.get_extra_info("socket")
        if own is not None:
            own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.transport.abort()


class Passage:
    """One connection through a link."""

    def __init__(self, link: "CarriedLink") -> None:
        self.link = link
        self.client, self.upstream = End(self, "requests"), End(self, "answers")
        self.lanes: dict[Direction, Lane] = {
            "requests": Lane(self.upstream.write, self.upstream.close, self.client),
            "answers": Lane(self.client.write, self.client.close, self.upstream),
        }
        self.lost_ways: set[Direction] = set()
        """Where something was swallowed: nothing passes there any more."""
        self.answered = 0

    def other(self, end: End) -> End:
        return self.upstream if end is self.client else self.client

    def opened(self) -> None:
        """A client has connected."""
        self.link.passages.add(self)
        if self.link.fault == "half_open":
            self.swallow("requests", "answers")
            self.upstream.gone = True
            return
        if self.link.fault == "mute_answers":
            self.swallow("answers")
        self.link.spawn(self._reach_upstream())

    async def _reach_upstream(self) -> None:
        host, port = self.link.upstream
        try:
            await asyncio.get_running_loop().create_connection(lambda: self.upstream, host, port)
        except OSError:
            self.upstream.gone = True
            self.client.reset()

    def swallow(self, *ways: Direction) -> None:
        """Let nothing pass there any more, nor what is under way."""
        for way in ways:
            self.lost_ways.add(way)
            self.lanes[way].drop()

    def received(self, direction: Direction, data: bytes) -> None:
        if direction in self.lost_ways:
            return
        link, lane = self.link, self.lanes[direction]
        if link.fault == "delay":
            due = link.loop.time() + link.value
            lane.put(due, data)
            link.loop.call_at(due, self._deliver, lane)
        elif link.fault == "throttle":
            lane.put(0, data)
            link.throttled[direction][lane] = None
        elif link.fault == "truncate_answers" and direction == "answers":
            self._truncate(lane, data)
        else:
            lane.write(data)

    def _deliver(self, lane: Lane) -> None:
        while lane.queued and lane.queued[0][0] <= self.link.loop.time():
            lane.take(sys.maxsize)

    def _truncate(self, lane: Lane, data: bytes) -> None:
        room = int(self.link.value) - self.answered
        self.answered += len(data)
        if len(data) <= room:
            lane.write(data)
            return
        if room > 0:
            lane.write(data[:room])
        self.swallow("answers")
        self.client.close()
        self.upstream.reset()

    def lost(self, end: End, *, was_reset: bool) -> None:
        """One socket is closed: so will be the other, where that still passes."""
        if end is self.client:
            self.lanes["answers"].drop()
        if self.client.gone and self.upstream.gone:
            self.link.passages.discard(self)
            return
        self.other(end).block(now=False)
        if end.direction in self.lost_ways and (end is self.upstream or self.link.fault == "half_open"):
            return
        if was_reset:
            self.other(end).reset()
        else:
            self.lanes[end.direction].finish()

    def healed(self) -> None:
        """What was late goes out; what nobody holds any more ends."""
        self.answered = 0
        for lane in self.lanes.values():
            lane.flush()
        if self.client.gone:
            self.upstream.close()

    def reset(self) -> None:
        for lane in self.lanes.values():
            lane.drop()
        self.client.reset()
        self.upstream.reset()


class CarriedLink:
    """One link: where it listens, what passes, and the fault in force."""

    def __init__(self, upstream: tuple[str, int], loop: asyncio.AbstractEventLoop) -> None:
        self.upstream, self.loop = upstream, loop
        self.fault, self.value = "heal", 0.0
        self.passages: set[Passage] = set()
        self.throttled: dict[Direction, dict[Lane, None]] = {"requests": {}, "answers": {}}
        self._tasks: set[asyncio.Task[None]] = set()
        self._pump: asyncio.Task[None] | None = None
        self._server: asyncio.Server | None = None
        # Bound and never listening: it keeps the port ours while the link is cut.
        self._keeper = _bound(0)
        self.port: int = self._keeper.getsockname()[1]

    async def open(self) -> None:
        if self._server is None:
            listener = _bound(self.port)
            self._server = await self.loop.create_server(lambda: Passage(self).client, sock=listener, backlog=BACKLOG)

    def spawn(self, work: Any) -> None:
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def apply(self, fault: str, value: float) -> None:
        """Put this fault in force, in place of the one before."""
        if fault not in FAULTS:
            raise ValueError(f"no fault is called {fault}")
        if self._pump is not None:
            self._pump.cancel()
            self._pump = None
        self.fault, self.value = fault, value
        for passage in list(self.passages):
            passage.healed()
        for lanes in self.throttled.values():
            lanes.clear()
        if fault == "cut":
            self._close()
            return
        if fault in ("half_open", "mute_answers"):
            for passage in self.passages:
                passage.swallow(*(("requests", "answers") if fault == "half_open" else ("answers",)))
        if fault == "throttle":
            self._pump = self.loop.create_task(self._help_out())
        await self.open()

    def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for passage in list(self.passages):
            passage.reset()

    async def _help_out(self) -> None:
        """Each tick so much a direction, in turn over the connections that have something."""
        share: dict[Direction, float] = {"requests": 0.0, "answers": 0.0}
        last = self.loop.time()
        while True:
            await asyncio.sleep(TICK_S)
            now = self.loop.time()
            for direction, lanes in self.throttled.items():
                share[direction] = min(share[direction] + self.value * (now - last), max(self.value / 10, 1))
                while share[direction] >= 1 and lanes:
                    lane = next(iter(lanes))
                    del lanes[lane]
                    if lane.queued:
                        share[direction] -= lane.take(int(share[direction]))
                    if lane.queued:
                        lanes[lane] = None
            last = now


def _bound(port: int) -> socket.socket:
    own = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    own.settimeout(0)
    own.bind((HOST, port))
    return own


async def _obey(links: dict[str, CarriedLink], order: dict[str, Any]) -> int:
    loop, name = asyncio.get_running_loop(), order["link"]
    if "upstream" in order:
        host, port = order["upstream"]
        links[name] = CarriedLink((host, port), loop)
        await links[name].open()
    else:
        await links[name].apply(order["fault"], order["value"])
    return links[name].port


async def carry() -> None:
    """Obey until the input ends."""
    loop = asyncio.get_running_loop()
    links: dict[str, CarriedLink] = {}
    orders = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    while line := await orders.readline():
        try:
            answer: dict[str, Any] = {"done": await _obey(links, json.loads(line))}
        except (KeyError, ValueError, OSError) as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    uvloop.run(carry())
