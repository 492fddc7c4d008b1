"""What it costs to read something: measured in a child process, within bounds that the operating system keeps."""

import multiprocessing
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection

from kabar_chassis.child_process import limit_memory

MEMORY_MB = 1024
"""What a child that reads articles may take in the product."""
ENOUGH_CPU_S = 60
"""A child that has used so much is ended by the system."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one reading took, and what came of it."""

    cpu_s: float
    peak_mb: float
    """Resident memory at its highest, with that of the interpreter and of all rules."""
    outcome: str


def cost_of(read: Callable[[], str], *, memory_mb: int = MEMORY_MB, cpu_s: int = ENOUGH_CPU_S) -> Cost:
    """What `read` costs in a child forked from this process, which has all it needs loaded. Raises AssertionError if the child dies."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_measure, args=(read, theirs, memory_mb, cpu_s))
    child.start()
    theirs.close()
    try:
        cost = ours.recv()
    except EOFError:
        cost = None
    finally:
        child.join()
        ours.close()
    assert isinstance(cost, Cost), f"the child ended with {child.exitcode}"
    return cost


def _measure(read: Callable[[], str], answer: Connection, memory_mb: int, cpu_s: int) -> None:
    limit_memory(memory_mb)
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    began = time.process_time()
    outcome = read()
    taken = time.process_time() - began
    answer.send(Cost(taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, outcome))
