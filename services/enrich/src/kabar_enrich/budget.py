"""How long the enrichers of one article may take together: one that takes too long is left out, and the article goes on.

A timer of the operating system breaks off Python code wherever it is. What it cannot break off is a single call into a library
in C; a process that hangs in one is ended by whoever waits for it.
"""

import signal
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any, Final, TypeVar

T = TypeVar("T")

ARTICLE_S: Final = 6.0
"""For all enrichers of an article: hundreds of times what an ordinary one takes, and more than the largest page needs."""
LATECOMER_S: Final = 1.0
"""What each enricher gets at least: when one has used up all the time, the others are still to do their work."""


class OutOfTimeError(BaseException):
    """The time was up. No `Exception`: an enricher that catches those must not catch this."""


class Budget:
    """The time for one article. It can only be kept in the main thread of a process, on systems with timers; elsewhere it is not."""

    def __init__(self, *, article_s: float = ARTICLE_S, latecomer_s: float = LATECOMER_S) -> None:
        self._ends_at = time.monotonic() + article_s
        self._latecomer_s = latecomer_s
        self._is_running = False

    def run(self, function: Callable[[Any], T], argument: Any) -> T:
        """What `function(argument)` returns. Raises OutOfTimeError when it has not returned in time."""
        if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
            return function(argument)
        before = signal.signal(signal.SIGALRM, self._break_off)
        self._is_running = True
        try:
            signal.setitimer(signal.ITIMER_REAL, max(self._latecomer_s, self._ends_at - time.monotonic()))
            return function(argument)
        finally:
            # First of all: a signal that comes from here on breaks nothing off.
            self._is_running = False
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    def _break_off(self, _number: int, _frame: FrameType | None) -> None:
        if self._is_running:
            raise OutOfTimeError
