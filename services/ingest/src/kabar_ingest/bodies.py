"""The bytes of a request: within limits, decompressed, whole or in lines. Nothing is read beyond a limit."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from backports.zstd import DecompressionParameter, ZstdDecompressor, ZstdError

from kabar_ingest.problems import Fault, ProblemError, too_large, too_slow, unparsable, unsupported

Coding = Literal["identity", "gzip", "zstd"]

ACCEPTED_CODINGS: Final = "gzip, zstd"
PIECE_BYTES: Final = 256 * 1024
"""The most that decompression gives at once."""
RATIO_COUNTS_FROM_BYTES: Final = 16 * 1024 * 1024
"""Below this size even the densest body does no harm: articles that resemble each other compress very well."""
_ZSTD_WINDOW_LOG: Final = 23
_GZIP: Final = 16 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A number of bytes, and the setting that holds it."""

    bytes: int
    setting: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyLimits:
    """How much of a body is taken."""

    received: Limit
    """Bytes on the wire."""
    decoded: Limit
    """Bytes after decompression."""
    ratio: int
    """Decompressed bytes for each byte received, counted from `RATIO_COUNTS_FROM_BYTES`."""
    ratio_setting: str


def coding_of(header: str | None) -> Coding:
    """The content coding that a Content-Encoding header names. Raises ProblemError (415) for any other."""
    name = (header or "identity").strip().lower()
    if name in ("identity", ""):
        return "identity"
    if name in ("gzip", "x-gzip"):
        return "gzip"
    if name == "zstd":
        return "zstd"
    fault = Fault(
        code="unsupported_encoding",
        message=f"The content coding {name!r:.60} is not supported.",
        hint="Send the body plain, or compressed once with gzip or zstd.",
        parameter="content-encoding",
    )
    raise unsupported(fault, headers={"accept-encoding": ACCEPTED_CODINGS})


def check_length(header: str | None, *, limit: Limit) -> None:
    """Raise ProblemError (413) if a Content-Length already says that the body is too large."""
    if header is not None and header.isdigit() and int(header[:20]) > limit.bytes:
        raise too_many_bytes(limit)


def too_many_bytes(limit: Limit) -> ProblemError:
    """The body, or one article in it, has more bytes than the limit."""
    fault = Fault(
        code="too_large",
        message=f"There are more than {limit.bytes:,} bytes.",
        hint=f"Send less at once. The limit is set by {limit.setting}.",
        pointer="",
    )
    return too_large(fault)


async def patient(chunks: AsyncIterator[bytes], *, idle_s: float, setting: str) -> AsyncIterator[bytes]:
    """The chunks, unless one takes longer than `idle_s`. Raises ProblemError (408)."""
    while True:
        try:
            async with asyncio.timeout(idle_s):
                chunk = await anext(chunks)
        except StopAsyncIteration:
            return
        except TimeoutError as error:
            raise too_slow(idle_s=idle_s, setting=setting) from error
        yield chunk


async def decoded(chunks: AsyncIterator[bytes], *, coding: Coding, limits: BodyLimits) -> AsyncIterator[bytes]:
    """The body without its content coding, in pieces. Raises ProblemError: 413 beyond a limit, 400 if it is damaged."""
    decoder = _DECODERS[coding]()
    received = given = 0
    async for chunk in chunks:
        received += len(chunk)
        if received > limits.received.bytes:
            raise too_many_bytes(limits.received)
        for piece in decoder.pieces(chunk):
            given += len(piece)
            if given > limits.decoded.bytes:
                raise too_many_bytes(limits.decoded)
            if given > RATIO_COUNTS_FROM_BYTES and given > received * limits.ratio:
                raise _too_dense(limits)
            yield piece
    if not decoder.is_complete:
        raise unparsable(_damaged(coding, "the data end too early"))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a body."""

    number: int
    """From 1."""
    content: bytes | None
    """Without its line end; None when it is longer than the limit."""


class LineSplitter:
    """Cuts a body into lines; never holds more of a line than the limit. Blank lines count and are left out."""

    def __init__(self, *, longest_bytes: int) -> None:
        self._longest_bytes = longest_bytes
        self._number = 0
        self._parts: list[bytes] = []
        self._size = 0

    def lines_in(self, piece: bytes) -> Iterator[Line]:
        """The lines that end in this piece."""
        first, *others = piece.split(b"\n")
        self._hold(first)
        for other in others:
            if line := self._end_line():
                yield line
            self._hold(other)

    def last_line(self) -> Iterator[Line]:
        """What stands after the last line end, if anything does."""
        if line := self._end_line():
            yield line

    def _hold(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > self._longest_bytes:
            self._parts.clear()
        elif part:
            self._parts.append(part)

    def _end_line(self) -> Line | None:
        self._number += 1
        size, content = self._size, b"".join(self._parts)
        self._parts.clear()
        self._size = 0
        if size > self._longest_bytes:
            return Line(self._number, None)
        content = content.removesuffix(b"\r")
        return Line(self._number, content) if content.strip() else None


class _Identity:
    is_complete = True

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        if chunk:
            yield chunk


class _Gzip:
    def __init__(self) -> None:
        self._inflater = zlib.decompressobj(_GZIP)
        self._is_fresh = True
        self._has_ended_once = False

    @property
    def is_complete(self) -> bool:
        return self._has_ended_once and self._is_fresh

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        rest = chunk
        while rest:
            self._is_fresh = False
            try:
                piece = self._inflater.decompress(rest, PIECE_BYTES)
            except zlib.error as error:
                raise unparsable(_damaged("gzip", str(error))) from error
            rest = self._inflater.unconsumed_tail
            if self._inflater.eof:
                # A file may have several members one after the other (RFC 1952, 2.2).
                rest = self._inflater.unused_data
                self._inflater = zlib.decompressobj(_GZIP)
                self._is_fresh = self._has_ended_once = True
            if piece:
                yield piece
        # What the window still holds comes without more input.
        while not self._is_fresh and (piece := self._drain()):
            yield piece

    def _drain(self) -> bytes:
        return self._inflater.decompress(b"", PIECE_BYTES)


class _Zstd:
    def __init__(self) -> None:
        self._decompressor = self._fresh()
        self._is_fresh = True
        self._has_ended_once = False

    @staticmethod
    def _fresh() -> ZstdDecompressor:
        return ZstdDecompressor(options={DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG})

    @property
    def is_complete(self) -> bool:
        return self._has_ended_once and self._is_fresh

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        rest = chunk
        while rest or not (self._is_fresh or self._decompressor.needs_input):
            self._is_fresh = False
            try:
                piece = self._decompressor.decompress(rest, PIECE_BYTES)
            except ZstdError as error:
                raise unparsable(_damaged("zstd", str(error))) from error
            rest = b""
            if self._decompressor.eof:
                rest = self._decompressor.unused_data
                self._decompressor = self._fresh()
                self._is_fresh = self._has_ended_once = True
            if piece:
                yield piece


_DECODERS: Final[dict[Coding, type[_Identity | _Gzip | _Zstd]]] = {"identity": _Identity, "gzip": _Gzip, "zstd": _Zstd}


def _damaged(coding: Coding, reason: str) -> Fault:
    return Fault(
        code="bad_compression",
        message=f"The body is no complete {coding} data: {reason}.",
        hint=f"Compress it anew with {coding} (for zstd: level 19 at most and without --long, RFC 9659), or send it plain.",
        pointer="",
    )


def _too_dense(limits: BodyLimits) -> ProblemError:
    fault = Fault(
        code="too_dense",
        message=f"The body grows to more than {limits.ratio} times its size when it is decompressed.",
        hint=f"Send it plain or in smaller parts. The limit is set by {limits.ratio_setting}.",
        pointer="",
    )
    return too_large(fault)
