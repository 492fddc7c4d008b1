"""Which letters are meant."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kabar_contracts.streams import Stream

from kabar_chassis.letters.letter import DEAD_STREAMS, Letter


class Order(StrEnum):
    """Which letters come first."""

    NEWEST = "newest"
    OLDEST = "oldest"


class Handled(StrEnum):
    """Whether letters were replayed before."""

    ANY = "any"
    REPLAYED = "replayed"
    WAITING = "waiting"
    """Nobody replayed them yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A filter of letters; what is empty or None does not narrow."""

    streams: tuple[Stream, ...] = tuple(DEAD_STREAMS.values())
    reasons: Collection[str] = ()
    sources: Collection[str] = ()
    stages: Collection[str] = ()
    article_id: str | None = None
    since_ms: int | None = None
    """Given up at or after this time."""
    until_ms: int | None = None
    """Given up at or before this time."""
    handled: Handled = Handled.ANY
    newest: Mapping[str, str] = field(default_factory=dict)
    """By stream, the last entry id meant: letters that come while a command runs are not."""

    def includes(self, letter: Letter) -> bool:
        """Whether this letter is meant, by everything but its place in the stream, which `range_of` has."""
        return (
            (not self.reasons or letter.reason in self.reasons)
            and (not self.sources or letter.source in self.sources)
            and (not self.stages or letter.stage in self.stages)
            and (self.article_id is None or letter.article_id == self.article_id)
            and (self.handled is Handled.ANY or (self.handled is Handled.REPLAYED) == (letter.mark is not None))
        )

    def range_of(self, stream: Stream) -> tuple[str, str]:
        """The first and the last entry id of this stream that can be meant, as XRANGE takes them."""
        first = "-" if self.since_ms is None else str(max(0, self.since_ms))
        last = "+" if self.until_ms is None else str(max(0, self.until_ms))
        bound = self.newest.get(stream.name)
        if bound is not None and (last == "+" or int(bound.partition("-")[0]) <= int(last)):
            last = bound
        return first, last

    def spans(self, letter: Letter) -> bool:
        """Whether its place in the stream is meant; for letters that were found by their id."""
        first, last = self.range_of(letter.letter_id.stream)
        ms, number, _ = letter.letter_id.age_order
        last_ms, _, last_number = last.partition("-")
        return (first == "-" or ms >= int(first)) and (
            last == "+" or ms < int(last_ms) or (ms == int(last_ms) and (not last_number or number <= int(last_number)))
        )
