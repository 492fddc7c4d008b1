"""Links between the parts of a system that can be made to fail: TCP proxies on loopback, carried by a process of their own.

A link forwards each byte at most once and in order. What a fault swallowed is gone: no byte comes late, none comes twice.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Final

CARRIER: Final = Path(__file__).with_name("link_carrier.py")
STOP_DEADLINE_S: Final = 5.0


class LinkError(RuntimeError):
    """The process that carries the links did not do what it was told."""


class Carrier:
    """The process that carries links. It ends when its standard input does, so it outlives nobody."""

    def __init__(self, child: "subprocess.Popen[bytes]") -> None:
        self._child = child
        self._lock = Lock()

    @property
    def pid(self) -> int:
        """The process that carries them."""
        return self._child.pid

    def tell(self, **order: Any) -> Any:
        """Give one order and wait until it is carried out. Raises LinkError."""
        if self._child.stdin is None or self._child.stdout is None:
            raise LinkError("the carrier was started without pipes")
        with self._lock:
            try:
                self._child.stdin.write(json.dumps(order).encode() + b"\n")
                self._child.stdin.flush()
                line = self._child.stdout.readline()
            except (OSError, ValueError) as error:
                raise LinkError(f"the carrier of the links cannot be told {order}: {error}") from error
        if not line:
            raise LinkError(f"the carrier of the links has ended before it could do {order}")
        answer = json.loads(line)
        if "error" in answer:
            raise LinkError(f"{order}: {answer['error']}")
        return answer["done"]


@dataclass(frozen=True, slots=True)
class Link:
    """A TCP proxy to one upstream. Each fault replaces the one before; calls return when it is in force."""

    name: str
    port: int
    """Where it listens, on 127.0.0.1; stays its own while it is cut."""
    carrier: Carrier

    def cut(self) -> None:
        """Reset what is connected and refuse what wants to connect."""
        self._fault("cut")

    def delay(self, seconds: float) -> None:
        """Deliver everything so much later, either way."""
        self._fault("delay", seconds)

    def throttle(self, bytes_per_s: float) -> None:
        """Let so much pass each way, over all connections together."""
        self._fault("throttle", bytes_per_s)

    def truncate_answers(self, after_bytes: int) -> None:
        """Let each connection carry so many bytes of answers, from now or from its beginning, and close it within the next."""
        self._fault("truncate_answers", after_bytes)

    def half_open(self) -> None:
        """Keep connections and accept new ones, but let nothing pass, not even their end.

        They are dead for good: after `heal` only those that are opened then carry anything, as where a firewall forgot
        the old ones.
        """
        self._fault("half_open")

    def mute_answers(self) -> None:
        """Let requests pass and swallow what is answered: what was applied stays unanswered.

        The connections of that time stay mute after `heal`, for part of their answers is missing.
        """
        self._fault("mute_answers")

    def heal(self) -> None:
        """Carry everything again; what was only late goes out now, in order."""
        self._fault("heal")

    def _fault(self, kind: str, value: float = 0) -> None:
        self.carrier.tell(link=self.name, fault=kind, value=value)


@contextmanager
def carried(upstreams: Mapping[str, tuple[str, int]]) -> Iterator[dict[str, Link]]:
    """A link to each upstream (name -> host and port), while the block runs. One process carries them all."""
    child = subprocess.Popen([sys.executable, str(CARRIER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
    carrier = Carrier(child)
    try:
        yield {name: Link(name, carrier.tell(link=name, upstream=list(upstream)), carrier) for name, upstream in upstreams.items()}
    finally:
        _end(child)


def _end(child: "subprocess.Popen[bytes]") -> None:
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            pipe.close()
    try:
        child.wait(STOP_DEADLINE_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
