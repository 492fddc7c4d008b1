"""What every child process of a worker does when it begins."""

import contextlib
import multiprocessing
import os
import threading
from pathlib import Path


def end_with_parent() -> None:
    """Let the child not outlive a worker that was killed."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def limit_memory(memory_mb: int) -> None:
    """Keep this process from taking more than so much, where the platform can: a hostile article must not take the machine.

    Should memory run out nevertheless, the kernel is to end this process and no other; and it leaves no core dump.
    """
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415  # not on every platform

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        wanted = memory_mb * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_DATA, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
