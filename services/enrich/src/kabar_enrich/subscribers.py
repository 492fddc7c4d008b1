"""The FastStream side: entries in, the delivery room does the rest."""

from collections.abc import Sequence

from faststream.redis import RedisBroker
from kabar_chassis.delivery.outcome import Delivery
from kabar_chassis.delivery.room import Room
from kabar_chassis.subscription import entries_of


def subscribe(broker: RedisBroker, room: Room) -> None:
    """Read this room's stream once more: each subscription is one batch in flight."""

    @broker.subscriber(stream=entries_of(room))
    async def enrich_articles(deliveries: Sequence[Delivery]) -> None:
        await room.work_through(deliveries)
