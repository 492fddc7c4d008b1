"""The bytes of a request: limits, compression, lines."""

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Callable, Iterable
from itertools import pairwise

import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st
from kabar_ingest import bodies
from kabar_ingest.bodies import BodyLimits, Coding, Limit, LineSplitter
from kabar_ingest.problems import ProblemError

MIB = 1024 * 1024
ARTICLES = b"".join(b'{"number": %d, "text": "%x"}\n' % (number, number * 7919) for number in range(20_000))
PACK: dict[Coding, Callable[[bytes], bytes]] = {"identity": bytes, "gzip": gzip.compress, "zstd": zstd.compress}


def limits(*, received: int = 64 * MIB, decoded: int = 64 * MIB, ratio: int = 200) -> BodyLimits:
    return BodyLimits(
        received=Limit(bytes=received, setting="RECEIVED"),
        decoded=Limit(bytes=decoded, setting="DECODED"),
        ratio=ratio,
        ratio_setting="RATIO",
    )


async def chunks_of(content: bytes, size: int = 65_536) -> AsyncIterator[bytes]:
    for first in range(0, len(content), size):
        yield content[first : first + size]


async def whole(pieces: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in pieces])


async def decode(content: bytes, coding: Coding, *, within: BodyLimits | None = None, size: int = 65_536) -> bytes:
    return await whole(bodies.decoded(chunks_of(content, size), coding=coding, limits=within or limits()))


async def code_of(content: bytes, coding: Coding, *, within: BodyLimits | None = None) -> tuple[int, str]:
    with pytest.raises(ProblemError) as refused:
        await decode(content, coding, within=within)
    problem = refused.value.problem
    return problem.status, problem.faults[0].code


@pytest.mark.parametrize("coding", ["identity", "gzip", "zstd"])
@pytest.mark.parametrize("size", [997, 65_536, 10 * MIB])
async def test_a_body_comes_out_as_it_went_in(coding: Coding, size: int) -> None:
    assert await decode(PACK[coding](ARTICLES), coding, size=size) == ARTICLES


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
async def test_parts_compressed_one_after_the_other_are_one_body(coding: Coding) -> None:
    assert await decode(PACK[coding](b"one\n") + PACK[coding](b"two\n"), coding, size=5) == b"one\ntwo\n"


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
@pytest.mark.parametrize("damage", [lambda data: data[:-1], lambda data: data[: len(data) // 2], lambda _: b"", lambda data: data + b"x"])
async def test_incomplete_or_littered_compression_is_unparsable(coding: Coding, damage: Callable[[bytes], bytes]) -> None:
    assert await code_of(damage(PACK[coding](ARTICLES)), coding) == (400, "bad_compression")


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
async def test_plain_text_declared_as_compressed_is_unparsable(coding: Coding) -> None:
    assert await code_of(b'{"url": "x"}', coding) == (400, "bad_compression")


async def test_a_damaged_checksum_is_unparsable() -> None:
    packed = bytearray(gzip.compress(ARTICLES))
    packed[-6] ^= 1

    assert await code_of(bytes(packed), "gzip") == (400, "bad_compression")


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
async def test_a_bomb_is_stopped_by_its_ratio(coding: Coding) -> None:
    assert await code_of(PACK[coding](bytes(24 * MIB)), coding, within=limits(decoded=1024 * MIB)) == (413, "too_dense")


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
async def test_a_bomb_never_takes_more_memory_than_a_piece(coding: Coding) -> None:
    largest = 0
    async for piece in bodies.decoded(chunks_of(PACK[coding](bytes(10 * MIB))), coding=coding, limits=limits()):
        largest = max(largest, len(piece))

    assert largest <= bodies.PIECE_BYTES


async def test_a_dense_body_below_the_size_that_counts_is_taken() -> None:
    assert len(await decode(zlib.compress(bytes(8 * MIB), wbits=31), "gzip")) == 8 * MIB


async def test_a_window_beyond_rfc_9659_is_refused() -> None:
    packed = zstd.compress(
        ARTICLES * 20, options={zstd.CompressionParameter.window_log: 27, zstd.CompressionParameter.content_size_flag: 0}
    )

    assert await code_of(packed, "zstd") == (400, "bad_compression")


async def test_more_bytes_than_the_limit_are_refused_with_the_setting_that_raises_it() -> None:
    with pytest.raises(ProblemError) as refused:
        await decode(bytes(101), "identity", within=limits(received=100))

    fault = refused.value.problem.faults[0]
    assert fault.code == "too_large"
    assert "RECEIVED" in str(fault.hint)


async def test_nothing_is_read_beyond_the_limit() -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield bytes(10)

    with pytest.raises(ProblemError):
        await whole(bodies.decoded(endless(), coding="identity", limits=limits(received=100)))

    assert read == 11


async def test_a_body_that_stops_coming_is_given_up() -> None:
    async def stalled() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    with pytest.raises(ProblemError) as refused:
        await whole(bodies.patient(stalled(), idle_s=0.01, setting="IDLE"))

    assert (refused.value.problem.status, refused.value.problem.faults[0].code) == (408, "body_stalled")


@pytest.mark.parametrize(
    ("header", "coding"), [(None, "identity"), ("", "identity"), ("GZIP", "gzip"), ("x-gzip", "gzip"), ("zstd", "zstd")]
)
def test_the_codings_that_are_taken(header: str | None, coding: str) -> None:
    assert bodies.coding_of(header) == coding


@pytest.mark.parametrize("header", ["br", "deflate", "gzip, gzip", "nonsense"])
def test_another_coding_is_answered_with_those_that_are(header: str) -> None:
    with pytest.raises(ProblemError) as refused:
        bodies.coding_of(header)

    assert refused.value.problem.status == 415
    assert refused.value.problem.headers == {"accept-encoding": "gzip, zstd"}


def split(pieces: Iterable[bytes], *, longest: int = 1_000) -> list[tuple[int, bytes | None]]:
    splitter = LineSplitter(longest_bytes=longest)
    lines = [line for piece in pieces for line in splitter.lines_in(piece)]
    return [(line.number, line.content) for line in [*lines, *splitter.last_line()]]


def test_blank_lines_count_and_are_left_out() -> None:
    assert split([b"a\r\n\n  \nb\n"]) == [(1, b"a"), (4, b"b")]


def test_a_line_that_is_too_long_is_named_and_the_next_one_is_read() -> None:
    assert split([b"a\n" + b"x" * 600, b"x" * 600, b"x\nb"]) == [(1, b"a"), (2, None), (3, b"b")]


def test_a_last_line_may_lack_its_end() -> None:
    assert split([b"a\nb"]) == [(1, b"a"), (2, b"b")]


@given(
    content=st.binary(max_size=60).map(lambda data: data.replace(b"\x01", b"\n")),
    cuts=st.lists(st.integers(0, 60), max_size=5),
)
def test_where_the_pieces_end_does_not_matter(content: bytes, cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(content)]
    pieces = [content[first:last] for first, last in pairwise(edges)]

    assert split(pieces) == split([content])
