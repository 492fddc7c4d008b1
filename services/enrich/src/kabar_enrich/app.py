"""Wiring: settings become a worker."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from typing import Any

from kabar_chassis import redis_client, subscription
from kabar_chassis.delivery.backfill import pause_for_live
from kabar_chassis.delivery.brake import Brake
from kabar_chassis.delivery.intake import Intake
from kabar_chassis.delivery.outcome import Delivery, Handler, Outcome
from kabar_chassis.delivery.room import Room
from kabar_chassis.metrics import Metrics
from kabar_chassis.telemetry import Telemetry
from kabar_chassis.worker import Worker
from kabar_contracts import streams

from kabar_enrich.reading import Job
from kabar_enrich.reading_pool import ReadingPool
from kabar_enrich.settings import Settings
from kabar_enrich.subscribers import subscribe


def enrich_worker(settings: Settings) -> tuple[Worker, ReadingPool]:
    """The worker, and its pool of processes, which whoever runs it must close."""
    redis_url = settings.redis_url.get_secret_value()
    redis, telemetry = redis_client.connect(redis_url), Telemetry(Metrics())
    pool = ReadingPool(processes=settings.processes, article_timeout_s=settings.article_timeout_s, memory_mb=settings.process_memory_mb)
    room = Room(
        redis=redis,
        stream=streams.raw(settings.lane),
        next_stream=streams.enriched(settings.lane),
        group=streams.Group.ENRICH,
        consumer=subscription.consumer_name(),
        handle=article_handler(pool, now=_utc_now),
        batch_size=settings.batch_size,
        reclaim_after_ms=settings.reclaim_after_ms,
        brake=Brake(enabled=settings.brake),
        telemetry=telemetry,
    )
    intake = Intake(room=room, pause=pause_for_live(redis, room, now=_utc_now), gather_s=settings.gather_ms / 1_000)
    broker = subscription.IntakeBroker(redis_url, intake)
    for _ in range(settings.reader_count):
        subscribe(broker, intake)
    worker = Worker(
        name="enrich",
        redis=redis,
        broker=broker,
        intakes=[intake],
        telemetry=telemetry,
        prepare=lambda stopping: _until(pool.begin(), stopping),
    )
    return worker, pool


async def _until(beginning: Coroutine[Any, Any, None], stopping: asyncio.Event) -> None:
    """Wait for the beginning, unless the worker is to stop before."""
    tasks = (asyncio.ensure_future(beginning), asyncio.ensure_future(stopping.wait()))
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()


def _utc_now() -> datetime:
    return datetime.now(UTC)


def article_handler(pool: ReadingPool, *, now: Callable[[], datetime]) -> Handler:
    """The handler that reads raw articles in `pool`."""

    async def enrich_articles(deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        moment = now()
        return await pool.read({delivery.entry_id: Job(fields=dict(delivery.fields), now=moment) for delivery in deliveries})

    return enrich_articles
