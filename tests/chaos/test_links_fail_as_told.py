"""Each fault of a link, on a server that gives back what it gets."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import psutil
import pytest
from links import Link, LinkError, carried
from waiting import eventually

SOON_S = 0.3
HELLO = b"hello"


class Talk:
    """One connection of a client."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def ask(self, words: bytes = HELLO, *, within_s: float = 5.0) -> bytes:
        """Send, and what comes back of as many bytes: fewer when the connection ends, or the time."""
        self.writer.write(words)
        answer = b""
        try:
            async with asyncio.timeout(within_s):
                while len(answer) < len(words) and (part := await self.reader.read(65_536)):
                    answer += part
        except TimeoutError:
            return answer
        return answer


Connect = Callable[[Link], Awaitable[Talk]]


@pytest.fixture
async def talk() -> AsyncIterator[Connect]:
    """Connects to a link; the connections end with the test."""
    talks: list[Talk] = []

    async def connect(link: Link) -> Talk:
        talks.append(Talk(*await asyncio.open_connection("127.0.0.1", link.port)))
        return talks[-1]

    yield connect
    for each in talks:
        each.writer.close()
        with contextlib.suppress(OSError):
            await each.writer.wait_closed()


class Echo:
    """A server that gives back what it gets, and remembers it."""

    def __init__(self) -> None:
        self.heard = bytearray()
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while data := await reader.read(65_536):
                self.heard += data
                writer.write(data)
        except ConnectionError:
            pass
        finally:
            self.connections -= 1
            writer.close()


@pytest.fixture
async def echo() -> AsyncIterator[tuple[Echo, int]]:
    echo = Echo()
    server = await asyncio.start_server(echo.serve, "127.0.0.1", 0)
    yield echo, server.sockets[0].getsockname()[1]
    server.close()


@pytest.fixture
def link(echo: tuple[Echo, int]) -> Iterator[Link]:
    with carried({"here-there": ("127.0.0.1", echo[1])}) as links:
        yield links["here-there"]


async def test_a_whole_link_carries_everything_both_ways_once_and_in_order(link: Link, echo: tuple[Echo, int], talk: Connect) -> None:
    words = bytes(range(256)) * 20_000
    assert await (await talk(link)).ask(words) == words
    assert bytes(echo[0].heard) == words


async def test_the_end_of_one_side_is_the_end_of_the_other(link: Link, echo: tuple[Echo, int], talk: Connect) -> None:
    client = await talk(link)
    await client.ask()
    client.writer.close()
    await asyncio.wait_for(_until_alone(echo[0]), 5)


async def test_a_cut_resets_what_is_connected_refuses_the_new_and_keeps_its_port(link: Link, talk: Connect) -> None:
    client = await talk(link)
    await client.ask()
    link.cut()
    with pytest.raises(ConnectionResetError):
        await client.ask()
    with pytest.raises(ConnectionRefusedError):
        await talk(link)
    link.heal()
    assert await (await talk(link)).ask() == HELLO


async def test_a_delay_is_paid_in_each_direction_and_what_is_late_is_not_lost(link: Link, talk: Connect) -> None:
    client = await talk(link)
    link.delay(0.2)
    began = time.monotonic()
    assert await client.ask() == HELLO
    assert time.monotonic() - began >= 0.4
    link.delay(60)
    assert await client.ask(within_s=SOON_S) == b""
    link.heal()
    assert await client.ask(b"") == b""
    assert await client.reader.readexactly(len(HELLO)) == HELLO


async def test_a_throttle_lets_so_much_pass_a_second(link: Link, talk: Connect) -> None:
    client, words = await talk(link), b"x" * 20_000
    link.throttle(40_000)
    began = time.monotonic()
    assert await client.ask(words) == words
    assert 0.4 <= time.monotonic() - began <= 3


async def test_an_answer_is_cut_off_after_so_many_bytes_and_the_request_was_heard(
    link: Link, echo: tuple[Echo, int], talk: Connect
) -> None:
    link.truncate_answers(len(HELLO) + 2)
    client = await talk(link)
    assert await client.ask() == HELLO
    assert await client.ask() == HELLO[:2]
    assert bytes(echo[0].heard) == HELLO * 2
    link.heal()
    assert await (await talk(link)).ask() == HELLO


async def test_half_open_connections_live_carry_nothing_and_stay_dead(link: Link, echo: tuple[Echo, int], talk: Connect) -> None:
    old = await talk(link)
    await old.ask()
    link.half_open()
    new = await talk(link)
    assert await old.ask(within_s=SOON_S) == b""
    assert await new.ask(within_s=SOON_S) == b""
    link.heal()
    assert await old.ask(within_s=SOON_S) == b""
    assert not old.reader.at_eof()
    assert bytes(echo[0].heard) == HELLO
    assert await (await talk(link)).ask() == HELLO


async def test_the_end_of_a_half_open_connection_is_heard_only_when_the_link_is_healed(
    link: Link, echo: tuple[Echo, int], talk: Connect
) -> None:
    client = await talk(link)
    await client.ask()
    link.half_open()
    client.writer.close()
    await client.writer.wait_closed()
    link.delay(0)
    await asyncio.wait_for(_until_alone(echo[0]), 5)


async def test_mute_answers_leave_applied_what_is_never_answered(link: Link, echo: tuple[Echo, int], talk: Connect) -> None:
    client = await talk(link)
    link.mute_answers()
    assert await client.ask(within_s=SOON_S) == b""
    assert bytes(echo[0].heard) == HELLO
    link.heal()
    assert await client.ask(within_s=SOON_S) == b""
    assert bytes(echo[0].heard) == HELLO * 2
    assert await (await talk(link)).ask() == HELLO


async def test_a_link_to_nobody_resets_whoever_comes(talk: Connect) -> None:
    with carried({"here-nowhere": ("127.0.0.1", 1)}) as links:
        client = await talk(links["here-nowhere"])
        with pytest.raises(ConnectionError):
            await client.ask()


async def test_links_share_a_process_that_ends_with_them(echo: tuple[Echo, int], talk: Connect) -> None:
    upstream = ("127.0.0.1", echo[1])
    with carried({"one": upstream, "two": upstream}) as links:
        carrier = psutil.Process(links["one"].carrier.pid)
        links["one"].cut()
        assert await (await talk(links["two"])).ask() == HELLO
    eventually(lambda: not carrier.is_running(), within_s=5, what="the carrier has ended")
    with pytest.raises(LinkError):
        links["one"].heal()


async def _until_alone(echo: Echo) -> None:
    while echo.connections:  # noqa: ASYNC110  # the server's own streams tell nobody
        await asyncio.sleep(0.02)
