"""The pipeline moved by hand: each step is the one a worker takes, on real servers, when a test says so."""

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from articles import raw_article, raw_fields
from kabar_chassis.delivery.dead_letters import add_letter
from kabar_chassis.delivery.outcome import Dead, Delivery, HandOver, Outcome, Reason
from kabar_chassis.delivery.settlement import settle
from kabar_chassis.letters.choice import Choice
from kabar_chassis.letters.letter_streams import chosen_letters
from kabar_chassis.letters.replaying import replay
from kabar_chassis.topology import create_topology
from kabar_contracts.identity import sha256_hex
from kabar_contracts.raw import RawArticle
from kabar_contracts.streams import Group, Lane, Stream, dead_letters, enriched, raw
from kabar_enrich.reading import Job, read_entry
from kabar_index.archive import archive_handler
from kabar_index.articles import article_handler
from kabar_index.migration import migrate
from opensearchpy import AsyncOpenSearch
from redis.asyncio import Redis


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True, kw_only=True)
class HandPipeline:
    """Both servers, and the steps of ingest, enrich, archive and index."""

    redis: Redis
    opensearch: AsyncOpenSearch
    lane: Lane = Lane.LIVE
    accepted: list[str] = field(default_factory=list)
    """Receipts, in the order of acceptance."""

    async def prepare(self) -> None:
        """Make groups and indices."""
        await create_topology(self.redis)
        await migrate(self.opensearch, replicas=0, say=lambda _: None)

    async def accept(self, article: RawArticle) -> str:
        """What ingest does. Returns the receipt."""
        content = f"{article.article_id}.{article.revision}.{article.title}".encode()
        fields = raw_fields(article.model_copy(update={"content_sha256": sha256_hex(content)}))
        entry_id: Any = await self.redis.xadd(raw(self.lane).name, dict(fields))  # type: ignore[arg-type]  # a wider, invariant dict
        self.accepted.append(f"{article.article_id}.{article.revision}.{entry_id.decode()}")
        return self.accepted[-1]

    async def read(self, group: Group, *, count: int = 1_000) -> list[Delivery]:
        """New entries of this group, which are pending from now on."""
        stream = self.stream_of(group)
        answer: Any = await self.redis.xreadgroup(group.value, "by-hand", {stream.name: ">"}, count=count)
        rows = answer[stream.name.encode()][0] if answer else []
        return [Delivery(entry_id=entry_id, fields=fields) for entry_id, fields in rows]

    async def enrich(self) -> None:
        """Hand over all that waits."""
        await self.hand_over(await self.read(Group.ENRICH))

    async def hand_over(self, deliveries: list[Delivery]) -> None:
        """Enrich these and hand them over."""
        await self.settle(Group.ENRICH, deliveries, [read_entry(Job(fields=dict(each.fields), now=_now())) for each in deliveries])

    async def archive(self) -> None:
        """Archive all that waits."""
        deliveries = await self.read(Group.ARCHIVE)
        handle = archive_handler(self.opensearch, stream=raw(self.lane).name, now=_now)
        await self.settle(Group.ARCHIVE, deliveries, list(await handle(deliveries)) if deliveries else [])

    async def index(self) -> None:
        """Write all that waits to the index, and let searches see it."""
        await self.write(await self.read(Group.INDEX))
        await self.refresh()

    async def write(self, deliveries: list[Delivery]) -> None:
        """Write these to the index; searches do not see them yet."""
        handle = article_handler(self.opensearch, now=_now)
        await self.settle(Group.INDEX, deliveries, list(await handle(deliveries)) if deliveries else [])

    async def refresh(self) -> None:
        """Let searches see what was written."""
        await self.opensearch.indices.refresh(index="articles,revisions")

    async def give_up(self, group: Group, *, reason: Reason = Reason.INVALID_MESSAGE) -> None:
        """Make dead letters of all that waits for this group."""
        stream = self.stream_of(group)
        for delivery in await self.read(group):
            async with self.redis.pipeline(transaction=True) as transaction:
                verdict = Dead(reason, "given up by a test")
                dead = dead_letters(stream).name
                add_letter(transaction, delivery, verdict, stream=stream.name, stage=group.value, dead_stream=dead, now=_now())
                transaction.xack(stream.name, group.value, delivery.entry_id)
                await transaction.execute()

    async def replay_all(self) -> None:
        """Put back all that was given up."""
        for letter in [letter async for letter in chosen_letters(self.redis, Choice())]:
            await replay(self.redis, letter, now=_now())

    async def settle(self, group: Group, deliveries: list[Delivery], outcomes: list[Outcome] | list[HandOver | Dead]) -> None:
        """Write what comes of it and acknowledge."""
        stream = self.stream_of(group)
        await settle(
            self.redis,
            list(zip(deliveries, outcomes, strict=True)),
            stream=stream.name,
            group=group.value,
            next_stream=enriched(self.lane).name if group is Group.ENRICH else None,
            dead_stream=dead_letters(stream).name,
            now=_now(),
        )

    async def run(self) -> None:
        """Everything that waits goes the whole way."""
        await self.archive()
        await self.enrich()
        await self.index()

    async def push(self, *articles: RawArticle) -> None:
        """Accept these and let them go the whole way."""
        for article in articles:
            await self.accept(article)
        await self.run()

    async def trim(self) -> None:
        """Remove everything from the streams of this lane, as trimming does behind all groups."""
        for stream in (raw(self.lane), enriched(self.lane)):
            await self.redis.xtrim(stream.name, maxlen=0, approximate=False)

    def stream_of(self, group: Group) -> Stream:
        """What this group reads."""
        return enriched(self.lane) if group is Group.INDEX else raw(self.lane)


_numbers = itertools.count(1_000_001)


def fresh_number() -> int:
    """The number of an article that no test had yet."""
    return next(_numbers)


def article(number: int | None = None, *, revision: int | None = None, **changes: Any) -> RawArticle:
    """A raw article accepted now, as its revision says unless another is given; without a number, one that no test had yet."""
    chosen = fresh_number() if number is None else number
    return raw_article(chosen, revision=int(_now().timestamp() * 1_000) if revision is None else revision, received_at=_now(), **changes)
