"""Redis commands as bytes: redis-py's own packing costs more than all checks of an article."""

from collections.abc import Iterable
from typing import Final

XADD: Final = b"XADD"
NEW_ID: Final = b"*"


def packed(parts: Iterable[bytes]) -> bytes:
    """One command in the Redis protocol (https://redis.io/docs/latest/develop/reference/protocol-spec/)."""
    pieces = [b""]
    for part in parts:
        pieces += (b"$%d\r\n" % len(part), part, b"\r\n")
    pieces[0] = b"*%d\r\n" % (len(pieces) // 3)
    return b"".join(pieces)
