"""A batch: many articles in one body, one a line, an answer for each in order."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from kabar_chassis.telemetry import Event, Telemetry
from kabar_contracts.raw import RawArticle
from kabar_contracts.streams import Lane, raw

from kabar_ingest import answers
from kabar_ingest.articles import read_article
from kabar_ingest.bodies import Limit, Line, LineSplitter, too_many_bytes
from kabar_ingest.duplicates import RecentPushes
from kabar_ingest.entries import entry_of
from kabar_ingest.outcomes import UNKNOWN, not_written
from kabar_ingest.pressure import Pressure
from kabar_ingest.problems import Fault, Problem, ProblemError, too_large
from kabar_ingest.publishing import Outcome, Publisher, Refused, Unknown, Written

GROUP_LINES: Final = 256
GROUP_BYTES: Final = 1024 * 1024
"""A pipeline takes this many lines, or as many as have this size."""
SLICE_BYTES: Final = 96 * 1024
"""After reading articles of this size (about 2 ms) other requests get their turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchLimits:
    """How much of a batch is taken."""

    lines: int
    lines_setting: str
    line: Limit
    retry_after_s: int


@dataclass(slots=True)
class BatchReport:
    """What became of a batch. `problem` is set when it could not be read, or written, to its end."""

    answers: list[bytes] = field(default_factory=list)
    """One JSON line for each line that was read, in order."""
    accepted: int = 0
    refused: int = 0
    size_bytes: int = 0
    """Of what was read, after decompression."""
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class BatchPush:
    """Pushes the lines of one request."""

    publisher: Publisher
    pressure: Pressure
    telemetry: Telemetry
    lane: Lane
    recent: RecentPushes
    now: Callable[[], datetime]
    traceparent: str
    limits: BatchLimits

    async def push(self, pieces: AsyncIterator[bytes]) -> BatchReport:
        """Read, check and write all lines; while one group is on its way to Redis the next is read.

        Stops at the first problem that is not of a line. What was accepted until then stays accepted.
        """
        report = BatchReport()
        in_flight: asyncio.Task[None] | None = None
        try:
            async with aclosing(self._groups(pieces, report)) as groups:
                async for group in groups:
                    prepared = await self._prepared(group)
                    if in_flight is not None:
                        await in_flight
                    if report.problem is not None:
                        break
                    in_flight = asyncio.create_task(self._write(prepared, report))
        except ProblemError as error:
            await _finish(in_flight)
            report.problem = report.problem or error.problem
        finally:
            # Also when the producer has gone: what is on its way must not be torn off.
            await _finish(in_flight)
        return report

    async def _groups(self, pieces: AsyncIterator[bytes], report: BatchReport) -> AsyncGenerator[list[Line], None]:
        splitter = LineSplitter(longest_bytes=self.limits.line.bytes)
        group: list[Line] = []
        size_bytes = 0
        problem: ProblemError | None = None
        try:
            async for piece in pieces:
                report.size_bytes += len(piece)
                for line in splitter.lines_in(piece):
                    self._check_number(line)
                    group.append(line)
                    size_bytes += len(line.content or b"")
                    if len(group) >= GROUP_LINES or size_bytes >= GROUP_BYTES:
                        yield group
                        group, size_bytes = [], 0
            for line in splitter.last_line():
                self._check_number(line)
                group.append(line)
        except ProblemError as error:
            # The lines before it are whole.
            problem = error
        if group:
            yield group
        if problem is not None:
            raise problem

    def _check_number(self, line: Line) -> None:
        if line.number > self.limits.lines:
            message = f"The batch has more than {self.limits.lines:,} lines."
            hint = f"Send the lines from {line.number:,} on in another request. The limit is set by {self.limits.lines_setting}."
            raise too_large(Fault(code="too_many_lines", message=message, hint=hint, pointer=""))

    async def _prepared(self, group: Sequence[Line]) -> list[tuple[int, RawArticle | Problem]]:
        accepted_at = self.now()
        prepared: list[tuple[int, RawArticle | Problem]] = []
        slice_bytes = 0
        for line in group:
            prepared.append((line.number, self._read(line, accepted_at=accepted_at)))
            slice_bytes += len(line.content or b"")
            if slice_bytes > SLICE_BYTES:
                slice_bytes = 0
                await asyncio.sleep(0)
        return prepared

    def _read(self, line: Line, *, accepted_at: datetime) -> RawArticle | Problem:
        if line.content is None:
            return too_many_bytes(self.limits.line).problem
        try:
            return read_article(line.content, accepted_at=accepted_at)
        except ProblemError as error:
            return error.problem

    async def _write(self, prepared: Sequence[tuple[int, RawArticle | Problem]], report: BatchReport) -> None:
        accepted_before, codes = report.accepted, Counter[str]()
        outcomes = iter(await self._outcomes([read for _, read in prepared if isinstance(read, RawArticle)]))
        for number, read in prepared:
            if isinstance(read, Problem):
                report.refused += 1
                codes[read.code] += 1
                report.answers.append(answers.line(number, read.members()))
                continue
            outcome = next(outcomes)
            if isinstance(outcome, Written):
                duplicate = self.recent.remember(read)
                report.accepted += 1
                report.answers.append(answers.line(number, answers.accepted(read, entry_id=outcome.entry_id, duplicate=duplicate)))
                continue
            problem = self._stop(report, outcome, line=number)
            codes[problem.code] += 1
            report.answers.append(answers.line(number, problem.members()))
        self._count(len(prepared), accepted=report.accepted - accepted_before, codes=codes)

    async def _outcomes(self, articles: Sequence[RawArticle]) -> list[Outcome]:
        """One an article, in order: refused for the pressure, or what Redis says."""
        refusals = [self.pressure.refusal(self.lane, article) for article in articles]
        admitted = [article for article, refusal in zip(articles, refusals, strict=True) if refusal is None]
        entries = [entry_of(article, traceparent=self.traceparent) for article in admitted]
        written = iter(await self.publisher.publish_batch(raw(self.lane), entries) if entries else ())
        return [refusal or next(written) for refusal in refusals]

    def _count(self, received: int, *, accepted: int, codes: Counter[str]) -> None:
        """Count a group at once: one by one it would be felt."""
        self.telemetry.tell(Event.ARTICLES_RECEIVED, form="batch", count=received)
        self.telemetry.tell(Event.ARTICLES_ACCEPTED, lane=self.lane.value, count=accepted)
        if unknown := codes.pop(UNKNOWN, 0):
            self.telemetry.tell(Event.ARTICLES_UNKNOWN, count=unknown)
        for code, refused in codes.items():
            self.telemetry.tell(Event.ARTICLES_REFUSED, reason=code, count=refused)

    def _stop(self, report: BatchReport, outcome: Refused | Unknown, *, line: int) -> Problem:
        problem = not_written(outcome, retry_after_s=self.limits.retry_after_s).problem
        if report.problem is None:
            fault = problem.faults[0]
            message = f"From line {line:,} on the batch is not accepted. {fault.message}"
            whole = Fault(code=fault.code, message=message, hint=f"Repeat the batch from line {line:,} on, later.")
            report.problem = Problem(status=problem.status, title=problem.title, faults=(whole,), headers=problem.headers)
        return problem


async def _finish(task: asyncio.Task[None] | None) -> None:
    if task is not None:
        await asyncio.shield(task)
