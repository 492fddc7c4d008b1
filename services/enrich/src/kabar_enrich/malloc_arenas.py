"""How glibc's malloc deals with the threads of a worker."""

import contextlib
import ctypes
from typing import Final

_M_ARENA_MAX: Final = -8
"""As `malloc.h` numbers it."""


def keep_to_one_arena() -> None:
    """Let all threads of this process take memory from one place; to be called before the first of them is started.

    By default each thread gets an arena of its own. The pool's threads pickle and unpickle megabytes a second that the
    main thread made or frees, and so every arena is left with holes that only its own thread can fill: the process grows
    for hours while it holds no more. Python's lock lets one thread allocate at a time anyway, so that one arena costs
    nothing. Does nothing on platforms without glibc.
    """
    with contextlib.suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


def give_back_free_memory() -> None:
    """Return to the system what malloc holds and nobody uses: after large pages that is a seventh of a process.

    Takes milliseconds. Does nothing on platforms without glibc.
    """
    with contextlib.suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
