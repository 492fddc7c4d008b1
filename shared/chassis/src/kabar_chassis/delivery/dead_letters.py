"""A dead letter: the original fields byte for byte, and beside them why and when the entry was given up."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from kabar_chassis.delivery.outcome import Dead, Delivery

_OURS: Final = b"dead."
_ESCAPED: Final = b"dead.original."
DETAIL_CHARACTERS: Final = 2_000


def letter_fields(delivery: Delivery, verdict: Dead, *, stream: str, stage: str, now: datetime) -> dict[bytes, bytes]:
    """The fields of the dead letter. An original field that begins with `dead.` is kept as `dead.original.…`."""
    originals = {(_ESCAPED + name if name.startswith(_OURS) else name): value for name, value in delivery.fields.items()}
    facts = {
        "reason": verdict.reason.value,
        "detail": verdict.detail[:DETAIL_CHARACTERS],
        "stage": stage,
        "attempts": str(delivery.attempts),
        "first_at": _entry_time_ms(delivery.entry_id),
        "last_at": str(int(now.timestamp() * 1000)),
        "origin": f"{stream} {delivery.entry_id.decode()}",
    }
    return originals | {_OURS + name.encode(): value.encode("utf-8", "replace") for name, value in facts.items()}


def original_fields(letter: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
    """The fields as they were before the entry was given up."""
    return {name.removeprefix(_ESCAPED): value for name, value in letter.items() if not name.startswith(_OURS) or name.startswith(_ESCAPED)}


def _entry_time_ms(entry_id: bytes) -> str:
    return entry_id.partition(b"-")[0].decode()
