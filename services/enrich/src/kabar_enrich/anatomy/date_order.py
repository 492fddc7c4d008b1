"""Whether a publisher writes the day or the month first in «03/04/2026»: by the CLDR, for its country and its language."""

from typing import Literal

from kabar_enrich.anatomy.calendar_table import shipped
from kabar_enrich.anatomy.calendar_words import base_of

Order = Literal["dmy", "mdy"]


def order_of(*, language: str | None, country: str | None) -> Order | None:
    """The order that country and language agree on. None where they differ or say nothing.

    English alone says nothing: its writers disagree.
    """
    orders = shipped()["orders"]
    spoken = base_of(language)
    votes = {orders.get(country) if country else None, orders.get(spoken) if spoken else None} - {None}
    return votes.pop() if len(votes) == 1 else None
