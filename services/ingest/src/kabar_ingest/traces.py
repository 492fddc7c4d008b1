"""The W3C trace context of a request."""

import re
from collections.abc import Callable
from typing import Final

_TRACEPARENT: Final = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?")
_LONGEST: Final = 256


def traceparent_of(header: str | None, *, random_bytes: Callable[[int], bytes]) -> str:
    """The caller's trace context if it is valid (https://www.w3.org/TR/trace-context/), else a new one."""
    if header is not None and len(header) <= _LONGEST and _TRACEPARENT.fullmatch(header):
        return header
    return f"00-{random_bytes(16).hex()}-{random_bytes(8).hex()}-01"
