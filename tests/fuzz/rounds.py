"""How long the fuzz tests run."""

import os
import time
from collections.abc import Callable
from typing import Final

MINUTES: Final = float(os.environ.get("FUZZ_MINUTES", "0"))


def repeat(check: Callable[[], None], *, share: float) -> None:
    """Run a property again and again, with other examples each time, for its share of `FUZZ_MINUTES`; once at least."""
    until = time.monotonic() + 60 * MINUTES * share
    check()
    while time.monotonic() < until:
        check()
