"""Readers that misbehave on marked entries, for the pool of processes: importable from a child."""

import os
import time
from collections.abc import Sequence

from kabar_chassis.delivery.outcome import Dead, HandOver
from kabar_enrich.reading import Job, read_entries

NAUGHTY = b"naughty"


def read_or_misbehave(jobs: Sequence[Job]) -> list[HandOver | Dead]:
    """As the real reader, but an entry with the field `naughty` does what it says."""
    for job in jobs:
        match job.fields.get(NAUGHTY):
            case b"exits":
                os._exit(0)
            case b"is killed":
                os.kill(os.getpid(), 9)
            case b"hangs":
                time.sleep(3_600)
            case b"spins":
                while True:
                    pass
            case b"raises":
                raise RuntimeError("a defect")
            case b"eats memory":
                hoard = []
                while True:
                    hoard.append(bytearray(64 * 1024 * 1024))
            case _:
                pass
    return read_entries(jobs)
