"""Readers that misbehave on marked entries, for the pool of processes: importable from a child."""

import os
import time
from collections.abc import Sequence
from typing import NoReturn

from kabar_chassis.delivery.outcome import Dead, HandOver
from kabar_enrich.draft import Draft
from kabar_enrich.enrichment import ENRICHERS
from kabar_enrich.reading import Job, read_entries, read_entry

NAUGHTY = b"naughty"


def hang(_: Draft) -> NoReturn:
    """An enricher that never comes to an end, and lets no error stop it."""
    while True:
        try:
            time.sleep(0.01)
        except Exception:  # noqa: BLE001, S112  # that is what it is for
            continue


def spin(_: Draft) -> NoReturn:
    """An enricher that computes for ever."""
    number = 0
    while True:
        number += 1


def eat_memory(_: Draft) -> NoReturn:
    """An enricher that takes all the memory there is."""
    hoard = []
    while True:
        hoard.append(bytes(16 * 1024 * 1024))


def read_with_bad_enrichers(jobs: Sequence[Job]) -> list[HandOver | Dead]:
    """As the real reader, with enrichers among the real ones that hang, compute for ever and take all memory."""
    return [read_entry(job, enrichers=(hang, *ENRICHERS[:5], spin, *ENRICHERS[5:], eat_memory)) for job in jobs]


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
