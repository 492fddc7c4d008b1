"""A worker that stops reading a moment after it began, while its process lives on.

usage: python deaf_worker.py REDIS_URL PORT stopped|stuck|clinging

`stopped` is what FastStream does when it gives up a subscription; in `stuck` a read never comes to its end; in
`clinging` it is as in `stopped`, and one of the worker's loops overhears that it was cancelled, as `asyncio.wait_for` makes it.
"""

import asyncio
import contextlib
import sys
from collections.abc import Sequence

from kabar_chassis import redis_client
from kabar_chassis.delivery import upkeep
from kabar_chassis.delivery.intake import Intake
from kabar_chassis.delivery.outcome import Delivery, HandOver, Outcome
from kabar_chassis.delivery.room import Room
from kabar_chassis.logs import configure_logging
from kabar_chassis.startup import listen
from kabar_chassis.subscription import IntakeBroker, consumer_name, entries_of
from kabar_chassis.worker import Worker, run_worker
from kabar_contracts.streams import ENRICHED, RAW, Group

HEARS_S = 1.5
"""How long it reads: until between two looks of its own watch."""


async def handle(deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
    """Hand on."""
    return [HandOver(delivery.fields) for delivery in deliveries]


async def overhearing(room: Room) -> int:  # noqa: ARG001  # takes the place of another
    """Nothing to take up, and a cancellation that is lost on the way."""
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.Event().wait()
    return 0


async def main(url: str, port: int, way: str) -> int:
    """Run the worker."""
    redis = redis_client.connect(url)
    room = Room(redis=redis, stream=RAW, next_stream=ENRICHED, group=Group.ENRICH, consumer=consumer_name(), handle=handle)
    intake = Intake(room=room)
    broker = IntakeBroker(url, intake)

    async def work(deliveries: Sequence[Delivery]) -> None:
        await intake.take_up(deliveries)

    subscriber = broker.subscriber(stream=entries_of(room))
    subscriber(work)

    async def never() -> None:
        await asyncio.Event().wait()

    worker = Worker(name="deaf", redis=redis, broker=broker, intakes=[intake], telemetry=room.telemetry)

    async def go_deaf() -> None:
        while not worker.consuming:  # noqa: ASYNC110  # the worker tells nobody of it
            await asyncio.sleep(0.01)
        await asyncio.sleep(HEARS_S)
        if way == "stuck":
            intake.pause = never
        else:
            if way == "clinging":
                upkeep.take_up_lost = overhearing
            await subscriber.stop()

    going = asyncio.create_task(go_deaf())
    code = await run_worker(worker, listener=listen("127.0.0.1", port, prefix="DEAF_"))
    await going
    return code


if __name__ == "__main__":
    configure_logging(service="deaf")
    sys.exit(asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3])))
