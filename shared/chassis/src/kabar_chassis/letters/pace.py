"""How fast letters go back."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

_RATE: Final = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,6})?)(?:/(s|m|h))?")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3_600}
FASTEST_A_SECOND: Final = 10_000.0


def letters_a_second(text: str) -> float:
    """The rate that `50/s`, `600/m` or `50` means. Raises ValueError with a message for a person."""
    found = _RATE.fullmatch(text.strip())
    rate = float(found[1]) / _SECONDS[found[2] or "s"] if found else 0.0
    if not 0 < rate <= FASTEST_A_SECOND:
        message = f"{text[:40]!r} is no rate: write 50/s, 600/m or 1000/h, up to {FASTEST_A_SECOND:.0f}/s"
        raise ValueError(message)
    return rate


@dataclass(slots=True, kw_only=True)
class Pace:
    """Turns that come no faster than `a_second`, and never in a burst, however long nothing was asked for."""

    a_second: float
    clock: Callable[[], float]
    """Seconds that only grow."""
    sleep: Callable[[float], Awaitable[None]]
    _next: float = field(default=0.0, init=False)

    async def turn(self) -> None:
        """Return when it is time for the next letter."""
        now = self.clock()
        due = max(now, self._next)
        self._next = due + 1 / self.a_second
        if due > now:
            await self.sleep(due - now)
