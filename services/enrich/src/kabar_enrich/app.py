"""Wiring: settings become a worker."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from kabar_chassis import redis_client, subscription
from kabar_chassis.delivery.outcome import Delivery, Handler, Outcome
from kabar_chassis.delivery.room import Room
from kabar_chassis.worker import Worker
from kabar_contracts import streams

from kabar_enrich.reading import Job
from kabar_enrich.reading_pool import ReadingPool
from kabar_enrich.settings import Settings
from kabar_enrich.subscribers import subscribe


def enrich_worker(settings: Settings) -> tuple[Worker, ReadingPool]:
    """The worker, and its pool of processes, which whoever runs it must close."""
    redis_url = settings.redis_url.get_secret_value()
    pool = ReadingPool(processes=settings.processes, article_timeout_s=settings.article_timeout_s)
    broker = subscription.broker(redis_url)
    room = Room(
        redis=redis_client.connect(redis_url),
        stream=streams.raw(settings.lane),
        next_stream=streams.enriched(settings.lane),
        group=streams.Group.ENRICH,
        consumer=subscription.consumer_name(),
        handle=article_handler(pool, now=lambda: datetime.now(UTC)),
        batch_size=settings.batch_size,
        reclaim_after_ms=settings.reclaim_after_ms,
    )
    for _ in range(settings.readers):
        subscribe(broker, room)
    worker = Worker(
        name="enrich",
        redis=room.redis,
        broker=broker,
        rooms=[room],
    )
    return worker, pool


def article_handler(pool: ReadingPool, *, now: Callable[[], datetime]) -> Handler:
    """The handler that reads raw articles in `pool`."""

    async def enrich_articles(deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        moment = now()
        return await pool.read([Job(fields=dict(delivery.fields), now=moment) for delivery in deliveries])

    return enrich_articles
