"""Producers: several at once, each with a journal, each as patient as a real one."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any, Final
from urllib.parse import quote

import httpx
from journal import Answer, Attempt, Content, Journal
from load import ARCHIVED_POISONS, Kind, Load, Parcel, Step, dealt
from public_contract import ENRICHED, RAW, sha256
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

TRIES: Final = 9
REQUEST_TIMEOUT_S: Final = 4.0
LONGEST_WAIT_S: Final = 3.0
POISON: Final = (Kind.POISON_RAW, Kind.POISON_ENRICHED)
TOKEN: Final = b"chaos"
"""The field that poison carries to be known again; readers ignore fields that they do not know."""


@dataclass(slots=True)
class Pace:
    """When each step is due. Whoever was held up goes on as fast as articles are accepted."""

    steps_per_s: float
    begun: float = field(default_factory=time.monotonic)
    may_go_on: asyncio.Event = field(default_factory=asyncio.Event)
    """Clear while the system has as much before it as it is given: see `backlog.held_back`."""

    async def wait_for(self, step: Step) -> None:
        """Until its time has come, and the system can take it."""
        if (early_s := self.begun + step.number / self.steps_per_s - time.monotonic()) > 0:
            await asyncio.sleep(early_s)
        await self.may_go_on.wait()


@dataclass(frozen=True, slots=True)
class Reply:
    """What a producer makes of an answer, for one step."""

    answer: Answer
    revision: int | None = None
    status: int | None = None
    why: str = ""
    is_final: bool = False
    """Whether there is no sense in sending it again."""


async def produce(
    load: Load, parcels: Sequence[Parcel], *, ingest_url: str, redis_url: str, folder: Path, pace: Pace, producers: int
) -> Counter[str]:
    """Send everything, each thing until it is accepted, refused for good, or patience is at an end. Returns what became of the steps."""
    became: Counter[str] = Counter()
    async with asyncio.TaskGroup() as group:
        for number, mine in enumerate(dealt(parcels, producers=producers)):
            producer = Producer(load, name=f"{number}", ingest_url=ingest_url, redis_url=redis_url, folder=folder, became=became)
            group.create_task(producer.run(mine, pace=pace), name=f"producer {number}")
    return became


class Producer:
    """One of them."""

    def __init__(self, load: Load, *, name: str, ingest_url: str, redis_url: str, folder: Path, became: Counter[str]) -> None:
        self._load = load
        self._journal = Journal(folder / f"producer-{name}.jsonl")
        self._http = httpx.AsyncClient(base_url=ingest_url, timeout=REQUEST_TIMEOUT_S, trust_env=False)
        self._redis = Redis.from_url(redis_url, socket_timeout=REQUEST_TIMEOUT_S, socket_connect_timeout=1.0, retry=Retry(NoBackoff(), 0))
        self._became = became
        self._random = Random(f"{load.seed} {name}")  # noqa: S311  # spreads tries, keeps no secret

    async def run(self, parcels: Sequence[Parcel], *, pace: Pace) -> None:
        """Send all of them, one after the other."""
        try:
            for parcel in parcels:
                await pace.wait_for(parcel.steps[0])
                await self.send(parcel)
        finally:
            await self.close()

    async def close(self) -> None:
        """End the connections and the journal."""
        self._journal.close()
        await self._http.aclose()
        await self._redis.aclose()

    async def send(self, parcel: Parcel, *, tries: int = TRIES, longest_wait_s: float = LONGEST_WAIT_S) -> bool:
        """Whether all of it was accepted in the end."""
        left = list(parcel.steps)
        last: dict[int, Reply] = {}
        for number in range(tries):
            sent = [self._attempt(step, number) for step in left]
            for attempt in sent:
                self._journal.before(attempt)
            replies = await self._replies(left, sent)
            for step, attempt, reply in zip(left, sent, replies, strict=True):
                revision = attempt.revision if reply.revision is None else reply.revision
                self._journal.after(replace(attempt, answer=reply.answer, revision=revision, why=reply.why), status=reply.status)
                last[step.number] = reply
            left = [step for step, reply in zip(left, replies, strict=True) if reply.answer is not Answer.ACCEPTED and not reply.is_final]
            if not left:
                break
            await asyncio.sleep(min(longest_wait_s, 0.1 * 2 ** min(number, 10)) * self._random.uniform(0.5, 1.0))
        for reply in last.values():
            self._became[reply.answer if reply.is_final or reply.answer is not Answer.REFUSED else "refused to the end"] += 1
        return all(reply.answer is Answer.ACCEPTED for reply in last.values())

    def _attempt(self, step: Step, number: int) -> Attempt:
        content = Content.TEXT
        digest: str | None
        match step.kind:
            case Kind.TAKEDOWN | Kind.CANCELED:
                content, digest = Content.TAKEDOWN, None
            case Kind.POISON_RAW | Kind.POISON_ENRICHED:
                data = self._load.poison(step).get(b"data")
                content, digest = Content.POISON, None if data is None else sha256(data)
            case _:
                digest = sha256(self._body(step))
        return Attempt(
            step=step.number,
            attempt=number,
            kind=step.kind,
            content=content,
            article_id=self._load.article_id(step.article),
            revision=self._load.revision(step),
            sha256=digest,
            sent_ms=int(time.time() * 1000),
            is_archived=content is not Content.POISON or (step.kind is Kind.POISON_RAW and step.form in ARCHIVED_POISONS),
        )

    def _body(self, step: Step) -> bytes:
        match step.kind:
            case Kind.PAGE:
                return self._load.page(step)
            case Kind.REFUSED:
                return self._load.refused(step)
            case Kind.CANCELED:
                return self._load.canceled(step)
            case _:
                return self._load.json_object(step)

    async def _replies(self, steps: Sequence[Step], sent: Sequence[Attempt]) -> list[Reply]:
        step = steps[0]
        if step.kind in POISON:
            return [await self._add(step, sent[0])]
        try:
            if len(steps) > 1:
                answer = await self._post(b"\n".join(self._body(each) for each in steps), kind="application/x-ndjson")
                return batch_replies(answer.status_code, answer.text, lines=len(steps))
            return [single_reply((answer := await self._request(step)).status_code, answer.text)]
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            # Nothing was sent.
            return [Reply(Answer.REFUSED, why=type(error).__name__)] * len(steps)
        except httpx.HTTPError as error:
            return [Reply(Answer.UNKNOWN, why=type(error).__name__)] * len(steps)

    async def _request(self, step: Step) -> httpx.Response:
        place = f"/v1/articles/{self._load.source(step.article)}/{quote(self._load.native_id(step.article))}"
        match step.kind:
            case Kind.TAKEDOWN:
                return await self._http.delete(place, params={"reason": f"langkah {step.number}"})
            case Kind.PAGE:
                return await self._http.put(place, content=self._body(step), headers={"content-type": "text/html; charset=utf-8"})
            case _:
                return await self._post(self._body(step), kind="application/json")

    async def _post(self, body: bytes, *, kind: str) -> httpx.Response:
        return await self._http.post("/v1/articles", content=body, headers={"content-type": kind})

    async def _add(self, step: Step, sent: Attempt) -> Reply:
        """Poison goes straight onto the stream, as any program beside Redis may write to it."""
        fields: dict[Any, Any] = {**self._load.poison(step), TOKEN: sent.token.encode()}
        try:
            await self._redis.xadd(RAW if step.kind is Kind.POISON_RAW else ENRICHED, fields)
        except ResponseError as error:
            return Reply(Answer.REFUSED, why=str(error)[:100])
        except (RedisError, OSError, TimeoutError) as error:
            return Reply(Answer.UNKNOWN, why=type(error).__name__)
        return Reply(Answer.ACCEPTED)


def single_reply(status: int, text: str) -> Reply:
    """What the answer to one article says."""
    try:
        told = json.loads(text)
    except ValueError:
        return Reply(Answer.UNKNOWN, status=status, why="an answer that is no JSON")
    return _told(status, told)


def batch_replies(status: int, text: str, *, lines: int) -> list[Reply]:
    """What the answer to a batch says of each line. A line that a problem does not speak of was not accepted: the problem says so."""
    try:
        if text.startswith("{") and status >= 500:
            problem = json.loads(text)
            told, silent = problem.get("lines", []), replace(_told(status, problem), is_final=False)
        else:
            told, silent = (
                [json.loads(line) for line in text.splitlines()],
                Reply(Answer.UNKNOWN, status=status, why="no answer to this line"),
            )
    except ValueError:
        return [Reply(Answer.UNKNOWN, status=status, why="an answer that is no JSON")] * lines
    by_line = {line["line"]: _told(line["status"], line) for line in told}
    return [by_line.get(number, silent) for number in range(1, lines + 1)]


def _told(status: int, told: dict[str, Any]) -> Reply:
    if status == 202:
        return Reply(Answer.ACCEPTED, revision=told["revision"], status=status)
    code = told["errors"][0]["code"] if told.get("errors") else ""
    if status == 500 or code == "outcome_unknown":
        return Reply(Answer.UNKNOWN, status=status, why=code)
    return Reply(Answer.REFUSED, status=status, why=code, is_final=status not in (429, 503))
