"""The FastStream side: entries in, the delivery room does the rest."""

from collections.abc import Sequence

from faststream.redis import RedisBroker
from kabar_chassis.delivery.intake import Intake
from kabar_chassis.delivery.outcome import Delivery
from kabar_chassis.subscription import entries_of


def subscribe(broker: RedisBroker, intake: Intake) -> None:
    """Read this stream once more: each subscription is one batch in flight."""

    @broker.subscriber(stream=entries_of(intake.room))
    async def write_documents(deliveries: Sequence[Delivery]) -> None:
        await intake.take_up(deliveries)
