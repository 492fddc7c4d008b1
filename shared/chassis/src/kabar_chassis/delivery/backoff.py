"""How long to wait before the next try."""

from collections.abc import Callable


def delay_s(failures: int, *, random: Callable[[], float], first_s: float = 0.2, most_s: float = 5.0) -> float:
    """Seconds to wait after `failures` failures in a row: doubling, capped, with half of it left to chance.

    `random` gives a number in [0, 1): workers that failed together must not come back together.
    """
    whole = min(most_s, first_s * 2.0 ** min(failures - 1, 30))
    return whole * (0.5 + random() / 2)
