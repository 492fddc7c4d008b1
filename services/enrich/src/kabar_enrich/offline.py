"""`kabar enrich`: articles from files or a pipe to enriched articles on a pipe, without any server.

Lines go to a pool of processes in small batches and come back in order; only so many are on the way that memory does
not grow with the input. A single small file is read in this process: a pool would cost more than it saves.
"""

import json
import os
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO, Final, Literal, TextIO, cast

from kabar_contracts import limits
from kabar_contracts.raw import ContentForm, RawArticle

from kabar_enrich import raw_lines
from kabar_enrich.enrichment import enrich_article

FORMS: Final = ("auto", "ndjson", "json", "html", "text")
OK: Final = 0
PARTIAL: Final = 3
"""Exit code when something could not be read and the rest went on."""

LINE_BYTES: Final = 2 * limits.TEXT_CHARACTERS + limits.PAGE_BYTES
"""A longer line of NDJSON is refused: no article within the limits of the contract needs it."""
FILE_BYTES: Final = LINE_BYTES
BATCH_LINES: Final = 16
BATCH_BYTES: Final = 512 * 1024
BATCHES_IN_FLIGHT: Final = 4
"""For each worker."""
SMALL_LINES: Final = 8
"""So many articles, and no more than `BATCH_BYTES`, are enriched in this process."""
_CHUNK: Final = 1024 * 1024
_HEAD_BYTES: Final = 64 * 1024
_STANDARD_INPUT: Final = "standard input"


@dataclass(frozen=True, slots=True)
class Piece:
    """One article as it was read, or why it could not be."""

    place: str
    """File and line, as a person looks for it."""
    form: raw_lines.Form
    content: bytes
    url: str | None
    now: datetime
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class _Answer:
    place: str
    enriched: bytes | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class Request:
    """What the caller said of all inputs."""

    form: Literal["auto"] | raw_lines.Form
    url: str | None
    now: Callable[[], datetime]

    def piece(self, place: str, content: bytes, form: raw_lines.Form) -> Piece:
        """One article as it was read."""
        return Piece(place, form, content, self.url, self.now())

    def unreadable(self, place: str, problem: str) -> Piece:
        """One that could not be read."""
        return Piece(place, "text", b"", self.url, self.now(), problem)


def run_offline(
    inputs: Sequence[Path | None],
    *,
    form: str,
    url: str | None,
    out: BinaryIO,
    err: TextIO,
    now: Callable[[], datetime],
    workers: int | None = None,
    stdin: BinaryIO | None = None,
) -> int:
    """Write one enriched article a line to `out`, in the order of `inputs`; None among them is standard input.

    `form` is `auto`, `ndjson`, `json`, `html` or `text`; `url` is the address of the articles that name none. What
    cannot be read is named on `err` with its file and line, the rest goes on, and the answer is 3; else 0. `workers` is
    the number of processes, one for each core by default. Raises ValueError for another form.
    """
    if form not in FORMS:
        raise ValueError(f"{form!r} is none of {', '.join(FORMS)}")
    request = Request(cast("Literal['auto'] | raw_lines.Form", form), url, now)
    pieces = pieces_in(inputs, request, sys.stdin.buffer if stdin is None else stdin)
    failed = False
    for answer in _answers(pieces, workers=workers or _cores()):
        if answer.enriched is not None:
            out.write(answer.enriched + b"\n")
        if answer.problem is not None:
            failed = True
            err.write(f"{answer.place}: {answer.problem}\n")
    out.flush()
    err.flush()
    return PARTIAL if failed else OK


def _cores() -> int:
    """The cores that this process may use, which in a container are fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _answers(pieces: Iterator[Piece], *, workers: int) -> Iterator[_Answer]:
    batches = _batches(pieces)
    head = list(islice(batches, 2))
    is_small = len(head) == 0 or (len(head) == 1 and len(head[0]) <= SMALL_LINES)
    if is_small or workers == 1:
        for batch in chain(head, batches):
            yield from _enrich_batch(batch)
    else:
        yield from _enriched_in_processes(chain(head, batches), workers=workers)


def _enriched_in_processes(batches: Iterator[list[Piece]], *, workers: int) -> Iterator[_Answer]:
    waiting: deque[tuple[list[Piece], Future[list[_Answer]]]] = deque()
    pool = ProcessPoolExecutor(workers)
    try:
        for batch in batches:
            try:
                waiting.append((batch, pool.submit(_enrich_batch, batch)))
            except BrokenProcessPool:
                pool.shutdown(wait=False)
                pool = ProcessPoolExecutor(workers)
                waiting.append((batch, pool.submit(_enrich_batch, batch)))
            if len(waiting) >= BATCHES_IN_FLIGHT * workers:
                yield from _result(*waiting.popleft())
        while waiting:
            yield from _result(*waiting.popleft())
    finally:
        pool.shutdown(cancel_futures=True)


def _result(batch: list[Piece], future: Future[list[_Answer]]) -> list[_Answer]:
    """The answers of a batch. When a process died, every article of it is tried alone, so that only the guilty one is lost."""
    try:
        return future.result()
    except BrokenProcessPool:
        return [_enriched_alone(piece) for piece in batch]


def _enriched_alone(piece: Piece) -> _Answer:
    with ProcessPoolExecutor(1) as pool:
        try:
            return pool.submit(_enrich_batch, [piece]).result()[0]
        except BrokenProcessPool:
            return _Answer(piece.place, None, "the process that enriched it died")


def _enrich_batch(batch: list[Piece]) -> list[_Answer]:
    return [_enriched(piece) for piece in batch]


def _enriched(piece: Piece) -> _Answer:
    if piece.problem is not None:
        return _Answer(piece.place, None, piece.problem)
    try:
        raw = raw_article_of(piece)
        page = piece.content if raw.content_form is ContentForm.PAGE and piece.form == "html" else None
        article = enrich_article(raw, page=page, page_content_type=None, now=piece.now)
        return _Answer(piece.place, article.model_dump_json().encode(), None)
    except raw_lines.UnreadableArticleError as error:
        return _Answer(piece.place, None, str(error))
    except Exception as error:  # noqa: BLE001  # one article that cannot be enriched must not end the run of the others
        return _Answer(piece.place, None, f"{type(error).__name__}: {error}")


def raw_article_of(piece: Piece) -> RawArticle:
    """The raw article of a piece that could be read. Raises UnreadableArticleError."""
    if piece.form == "html":
        return raw_lines.from_page(piece.content, url=piece.url, now=piece.now)
    if piece.form == "text":
        return raw_lines.from_text(piece.content, url=piece.url, now=piece.now)
    return raw_lines.from_json(piece.content, url=piece.url, now=piece.now)


def _batches(pieces: Iterator[Piece]) -> Iterator[list[Piece]]:
    batch: list[Piece] = []
    size = 0
    for piece in pieces:
        batch.append(piece)
        size += len(piece.content)
        if len(batch) >= BATCH_LINES or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def pieces_in(inputs: Sequence[Path | None], source: Request, stdin: BinaryIO) -> Iterator[Piece]:
    """The articles of these files, one after another; None among them is standard input."""
    for path in inputs:
        if path is None:
            yield from _pieces_of(stdin, _STANDARD_INPUT, source)
            continue
        try:
            with path.open("rb") as stream:
                yield from _pieces_of(stream, str(path), source)
        except OSError as error:
            yield source.unreadable(str(path), f"cannot be read: {error.strerror or error}")


def _pieces_of(stream: BinaryIO, name: str, source: Request) -> Iterator[Piece]:
    head = stream.read(_HEAD_BYTES)
    if not head.strip():
        yield source.unreadable(name, "is empty")
        return
    form = raw_lines.sniff_form(head) if source.form == "auto" else source.form
    if form == "ndjson":
        yield from _lines(head, stream, name, source)
        return
    content = head + stream.read(max(0, FILE_BYTES + 1 - len(head)))
    if len(content) > FILE_BYTES:
        yield source.unreadable(name, f"is longer than {FILE_BYTES} bytes")
    elif form == "json":
        yield from _objects(content, name, source)
    else:
        yield source.piece(name, content, form)


def _objects(content: bytes, name: str, source: Request) -> Iterator[Piece]:
    """One piece for an object, or one for each element of a list of objects."""
    if not content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
        yield source.piece(name, content, "json")
        return
    try:
        elements = json.loads(content)
    except (ValueError, RecursionError) as error:
        yield source.unreadable(name, f"not JSON: {error}")
        return
    for number, element in enumerate(elements, start=1):
        yield source.piece(f"{name}, element {number}", json.dumps(element).encode(), "json")


def _lines(head: bytes, stream: BinaryIO, name: str, source: Request) -> Iterator[Piece]:
    """One piece a line that is not blank. A line that is too long is passed over without being kept."""
    number, pending, is_skipping = 0, head, False
    while True:
        at = pending.find(b"\n")
        if at < 0:
            more = stream.read(_CHUNK)
            if more and len(pending) <= LINE_BYTES:
                pending += more
                continue
            if more:
                pending, is_skipping = more, True
                continue
        line, pending = (pending, b"") if at < 0 else (pending[:at], pending[at + 1 :])
        if at < 0 and not line and not is_skipping:
            return
        number += 1
        place = f"{name}, line {number}"
        if is_skipping or len(line) > LINE_BYTES:
            yield source.unreadable(place, f"is longer than {LINE_BYTES} bytes")
        elif line.strip():
            yield source.piece(place, line.rstrip(b"\r"), "ndjson")
        is_skipping = False
