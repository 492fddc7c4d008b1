"""A worker whose handler kills its own process at a marked entry: what a crash in the middle of the work looks like.

usage: python deadly_worker.py REDIS_URL
"""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence

from kabar_chassis import redis_client
from kabar_chassis.delivery.intake import Intake
from kabar_chassis.delivery.outcome import Delivery, HandOver, Outcome
from kabar_chassis.delivery.room import Room
from kabar_chassis.logs import configure_logging
from kabar_chassis.startup import listen
from kabar_chassis.subscription import IntakeBroker, consumer_name, entries_of
from kabar_chassis.worker import Worker, run_worker
from kabar_contracts.streams import ENRICHED, RAW, Group

DEADLY = b"deadly"


async def handle(deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
    """Hand on, or die."""
    if any(delivery.fields.get(DEADLY) for delivery in deliveries):
        os.kill(os.getpid(), signal.SIGKILL)
    return [HandOver(delivery.fields) for delivery in deliveries]


async def main(url: str) -> int:
    """Run the worker."""
    redis = redis_client.connect(url)
    room = Room(
        redis=redis,
        stream=RAW,
        next_stream=ENRICHED,
        group=Group.ENRICH,
        consumer=consumer_name(),
        handle=handle,
        batch_size=5,
        reclaim_after_ms=600,
    )
    intake = Intake(room=room)
    broker = IntakeBroker(url, intake)

    @broker.subscriber(stream=entries_of(room))
    async def work(deliveries: Sequence[Delivery]) -> None:
        await intake.take_up(deliveries)

    worker = Worker(name="deadly", redis=redis, broker=broker, intakes=[intake], telemetry=room.telemetry)
    return await run_worker(worker, listener=listen("127.0.0.1", 0, prefix="DEADLY_"))


if __name__ == "__main__":
    configure_logging(service="deadly")
    sys.exit(asyncio.run(main(sys.argv[1])))
