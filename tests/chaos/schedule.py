"""Which faults a run has, in which order and how long: a pure function of its seed."""

from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final

SERVICES: Final = ("ingest", "enrich", "index", "archive")
SERVERS: Final = ("redis", "opensearch")
LINKS: Final = (
    "producer-ingest",
    "ingest-redis",
    "enrich-redis",
    "index-redis",
    "archive-redis",
    "index-opensearch",
    "archive-opensearch",
)


class Blow(StrEnum):
    """What is done."""

    KILL = "kill"
    TERM = "term"
    STOP = "stop"
    """Frozen by SIGSTOP for longer than a claim takes."""
    CUT = "cut"
    DELAY = "delay"
    THROTTLE = "throttle"
    TRUNCATE = "truncate"
    HALF_OPEN = "half-open"
    MUTE = "mute"
    """Requests pass, answers do not."""
    FULL = "full"
    """Redis at its memory limit."""
    READ_ONLY = "read-only"
    """Indices closed for writing."""
    DISK_FULL = "disk-full"


SIGNALS: Final = (Blow.KILL, Blow.TERM, Blow.STOP)
LINK_BLOWS: Final = (Blow.CUT, Blow.DELAY, Blow.THROTTLE, Blow.TRUNCATE, Blow.HALF_OPEN, Blow.MUTE)
_ORDER: Final = ("signal", "link", "signal", "link", "several", "signal", "link", "storage")


@dataclass(frozen=True, slots=True)
class Part:
    """One blow at one target."""

    blow: Blow
    target: str
    strength: float = 0.0
    """Seconds of delay, bytes a second, or bytes of answers, by the blow."""

    def __str__(self) -> str:
        """For a table."""
        strength = f" {self.strength:g}" if self.strength else ""
        return f"{self.blow} {self.target}{strength}"


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens at once, and how long it lasts. A fault of nothing but kills lasts no time: its end is its beginning."""

    number: int
    parts: tuple[Part, ...]
    duration_s: float
    gap_s: float
    """Quiet time before it."""

    def __str__(self) -> str:
        """For a table."""
        return " + ".join(str(part) for part in self.parts)


def scheduled(seed: int, *, faults: int, claim_s: float, can_fill_disk: bool) -> list[Fault]:
    """So many faults. Each deck is shuffled and dealt to its end before a blow comes again."""
    random = Random(f"faults {seed}")  # noqa: S311  # to be repeated, not to be secret
    decks = {
        "signal": _Deck(random, [(blow, target) for target in (*SERVICES, *SERVERS) for blow in SIGNALS]),
        "link": _Deck(random, [(blow, target) for target in LINKS for blow in LINK_BLOWS]),
        "storage": _Deck(
            random,
            [(Blow.FULL, "redis"), (Blow.READ_ONLY, "opensearch"), *([(Blow.DISK_FULL, "redis")] if can_fill_disk else [])],
        ),
    }
    found = []
    for number in range(faults):
        match _ORDER[number % len(_ORDER)]:
            case "several":
                several = [decks["signal"].deal(), decks["link"].deal()]
                if random.random() < 0.5:
                    several.append(decks["signal"].deal())
            case deck:
                several = [decks[deck].deal()]
        # Two blows at one target are one: the second would hit what is down.
        parts = tuple({target: _part(random, blow, target) for blow, target in several}.values())
        found.append(Fault(number, parts, _duration(random, parts, claim_s=claim_s), round(random.uniform(0.2, 1.5), 2)))
    return found


class _Deck:
    def __init__(self, random: Random, cards: list[tuple[Blow, str]]) -> None:
        self._random = random
        self._cards = cards
        self._left: list[tuple[Blow, str]] = []

    def deal(self) -> tuple[Blow, str]:
        if not self._left:
            self._left = self._random.sample(self._cards, len(self._cards))
        return self._left.pop()


def _part(random: Random, blow: Blow, target: str) -> Part:
    match blow:
        case Blow.DELAY:
            return Part(blow, target, random.choice((0.2, 1.0, 4.0)))
        case Blow.THROTTLE:
            return Part(blow, target, random.choice((2_000.0, 20_000.0)))
        case Blow.TRUNCATE:
            return Part(blow, target, random.choice((220.0, 300.0, 1_000.0, 4_000.0)))
        case _:
            return Part(blow, target)


def _duration(random: Random, parts: tuple[Part, ...], *, claim_s: float) -> float:
    if any(part.blow is Blow.STOP for part in parts):
        return round(claim_s + random.uniform(1.0, 2.0), 2)
    if all(part.blow in SIGNALS for part in parts):
        return 0.0
    return round(random.uniform(1.0, 4.0), 2)
