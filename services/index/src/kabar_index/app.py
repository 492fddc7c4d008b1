"""Wiring: settings become a worker."""

import asyncio
import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import structlog
from kabar_chassis import redis_client, subscription
from kabar_chassis.delivery.backfill import pause_for_live
from kabar_chassis.delivery.brake import Brake
from kabar_chassis.delivery.intake import Intake
from kabar_chassis.delivery.room import Room
from kabar_chassis.metrics import Metrics
from kabar_chassis.telemetry import Telemetry
from kabar_chassis.worker import RefusedError, Worker
from kabar_contracts import streams
from opensearchpy import AsyncOpenSearch
from opensearchpy.exceptions import OpenSearchException
from redis.asyncio import Redis

from kabar_index.archive import archive_handler
from kabar_index.articles import article_handler
from kabar_index.mappings import ARTICLES_WRITE, MAPPING_VERSION, REVISIONS
from kabar_index.migration import HINT, mapping_version
from kabar_index.opensearch_client import connect
from kabar_index.settings import Settings
from kabar_index.subscribers import subscribe

log: structlog.stdlib.BoundLogger = structlog.get_logger()

_RETRY_S: Final = 1.0


def index_worker(settings: Settings) -> tuple[Worker, AsyncOpenSearch]:
    """The worker of the chosen role, and its OpenSearch client, which whoever runs it must close."""
    redis_url = settings.redis_url.get_secret_value()
    redis, client, telemetry = redis_client.connect(redis_url), connect(settings), Telemetry(Metrics())
    room = _room(settings, redis=redis, client=client, telemetry=telemetry)
    intake = Intake(room=room, pause=pause_for_live(redis, room, now=_utc_now), gather_s=settings.gather_s)
    broker = subscription.IntakeBroker(redis_url, intake)
    for _ in range(settings.reader_count):
        subscribe(broker, intake)
    alias = ARTICLES_WRITE if settings.role == "articles" else REVISIONS
    worker = Worker(
        name=f"index-{settings.role}",
        redis=redis,
        broker=broker,
        intakes=[intake],
        telemetry=telemetry,
        prepare=lambda stopping: _wait_for_mapping(client, alias, stopping),
        ready_checks={"opensearch": lambda: _not_ready(client, alias)},
    )
    return worker, client


def _room(settings: Settings, *, redis: Redis, client: AsyncOpenSearch, telemetry: Telemetry) -> Room:
    stream = streams.enriched(settings.lane) if settings.role == "articles" else streams.raw(settings.lane)
    if settings.role == "articles":
        handle = article_handler(client, now=_utc_now, telemetry=telemetry)
    else:
        handle = archive_handler(client, stream=stream.name, now=_utc_now)
    return Room(
        redis=redis,
        stream=stream,
        group=streams.Group.INDEX if settings.role == "articles" else streams.Group.ARCHIVE,
        consumer=subscription.consumer_name(),
        handle=handle,
        batch_size=settings.batch_entries,
        reclaim_after_ms=settings.reclaim_after_ms,
        brake=Brake(enabled=settings.brake),
        telemetry=telemetry,
    )


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class _Problem:
    """What is wrong with the index, and whether waiting can help."""

    text: str
    lasting: bool = False


async def _wait_for_mapping(client: AsyncOpenSearch, alias: str, stopping: asyncio.Event) -> None:
    """Wait until the index is there. Raises RefusedError when its mapping is older than what this release writes."""
    said: str | None = None
    while not stopping.is_set():
        problem = await _index_problem(client, alias)
        if problem is None:
            return
        if problem.lasting:
            raise RefusedError(problem.text)
        if problem.text != said:
            log.warning("worker_waits_for_index", alias=alias, why=problem.text)
            said = problem.text
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), timeout=_RETRY_S)


async def _index_problem(client: AsyncOpenSearch, alias: str) -> _Problem | None:
    try:
        version = await mapping_version(client, alias)
    except OpenSearchException as error:
        return _Problem(f"OpenSearch: {error}")
    if version is None:
        return _Problem(f"alias {alias} does not exist; {HINT}")
    if version < MAPPING_VERSION:
        text = f"the index behind {alias} has mapping version {version}, this release writes {MAPPING_VERSION}; {HINT}"
        return _Problem(text, lasting=True)
    return None


async def _not_ready(client: AsyncOpenSearch, alias: str) -> str | None:
    problem = await _index_problem(client, alias)
    return None if problem is None else problem.text
