"""The nemesis: makes the faults of a schedule happen, ends them, and measures how long the system took to be itself again."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
from redis import Redis
from redis.exceptions import RedisError
from schedule import SIGNALS, Blow, Fault, Part
from system import System

RECOVERY_DEADLINE_S: Final = 60.0
SLIVER_BYTES: Final = 1
"""A memory limit below whatever Redis needs to exist: it is full at once."""
FILLER: Final = "chaos-filler"
CHUNK: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class Suffered:
    """One fault as it happened."""

    fault: Fault
    began_s: float
    """Since the run began."""
    lasted_s: float
    recovered_s: float | None
    """From its end until an article that was pushed after its end was found by a search; None: not within the deadline."""


Probe = Callable[[float], Awaitable[bool]]
"""Pushes a new article and waits until it can be found; whether that happened within so many seconds."""


@dataclass(slots=True)
class Nemesis:
    """One run."""

    system: System
    redis_folder: Path
    maxmemory_bytes: int
    probe: Probe
    begun: float
    tell: Callable[[str], None]

    async def run(self, faults: Sequence[Fault]) -> list[Suffered]:
        """Let all faults happen, one after the other; what happens at once is one fault. The next begins when the last has passed."""
        suffered = []
        for fault in faults:
            await asyncio.sleep(fault.gap_s)
            suffered.append(await self._suffer(fault))
        return suffered

    async def _suffer(self, fault: Fault) -> Suffered:
        began = time.monotonic()
        frozen = await asyncio.to_thread(self._begin, fault)
        try:
            await asyncio.sleep(fault.duration_s)
        finally:
            await asyncio.to_thread(self._end, fault, frozen)
        ended = time.monotonic()
        has_recovered = await self.probe(RECOVERY_DEADLINE_S)
        recovered_s = time.monotonic() - ended if has_recovered else None
        told = f"{recovered_s:.1f} s" if recovered_s is not None else f"not within {RECOVERY_DEADLINE_S:g} s"
        self.tell(f"{began - self.begun:7.1f} s  fault {fault.number + 1:3}: {fault}, {ended - began:.1f} s; recovered after {told}")
        return Suffered(fault, began - self.begun, ended - began, recovered_s)

    def _begin(self, fault: Fault) -> dict[str, int]:
        """Do it. Returns the processes that are frozen now."""
        frozen = {}
        for part in fault.parts:
            pid = self._strike(part)
            if part.blow is Blow.STOP and pid is not None:
                frozen[part.target] = pid
        return frozen

    def _strike(self, part: Part) -> int | None:
        """Do one part; the process that it hit."""
        if part.blow in SIGNALS:
            number = {Blow.KILL: signal.SIGKILL, Blow.TERM: signal.SIGTERM, Blow.STOP: signal.SIGSTOP}[part.blow]
            return self.system.processes[part.target].signal(number)
        self._trouble(part)
        return None

    def _trouble(self, part: Part) -> None:
        match part.blow:
            case Blow.FULL:
                self._limit_memory(SLIVER_BYTES)
            case Blow.READ_ONLY:
                self._block("true")
            case Blow.DISK_FULL:
                self._fill_disk()
            case _:
                self._disturb(part)

    def _disturb(self, part: Part) -> None:
        link = self.system.links[part.target]
        match part.blow:
            case Blow.CUT:
                link.cut()
            case Blow.DELAY:
                link.delay(part.strength)
            case Blow.THROTTLE:
                link.throttle(part.strength)
            case Blow.TRUNCATE:
                link.truncate_answers(int(part.strength))
            case Blow.HALF_OPEN:
                link.half_open()
            case _:
                link.mute_answers()

    def _end(self, fault: Fault, frozen: dict[str, int]) -> None:
        for part in fault.parts:
            match part.blow:
                case Blow.KILL | Blow.TERM:
                    pass
                case Blow.STOP:
                    with suppress(ProcessLookupError, KeyError):
                        os.kill(frozen[part.target], signal.SIGCONT)
                case Blow.FULL:
                    self._limit_memory(self.maxmemory_bytes)
                case Blow.READ_ONLY:
                    self._block(None)
                case Blow.DISK_FULL:
                    self._filler.unlink(missing_ok=True)
                case _:
                    self.system.links[part.target].heal()

    def _limit_memory(self, size_bytes: int) -> None:
        def limit() -> None:
            with Redis.from_url(self.system.redis_url, socket_timeout=2) as redis:
                redis.config_set("maxmemory", size_bytes)

        _insist(limit, RedisError)

    def _block(self, value: str | None) -> None:
        def block() -> None:
            url = f"{self.system.opensearch_url}/articles,revisions/_settings"
            httpx.put(url, json={"index.blocks.read_only_allow_delete": value}, timeout=10, trust_env=False).raise_for_status()

        _insist(block, httpx.HTTPError)

    @property
    def _filler(self) -> Path:
        return self.redis_folder / FILLER

    def _fill_disk(self) -> None:
        with self._filler.open("wb", buffering=0) as filler, suppress(OSError):
            while True:
                filler.write(b"\0" * CHUNK)
        # Whatever is left is too little for one more article.
        with self._filler.open("ab", buffering=0) as filler, suppress(OSError):
            while True:
                filler.write(b"\0" * 512)


def _insist(act: Callable[[], None], *passing: type[Exception]) -> None:
    """Do it, again and again for a while: the server may just be starting."""
    deadline = time.monotonic() + 60
    while True:
        try:
            act()
        except passing:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return
