"""A log line and its counter come from one call, so that neither can be forgotten or say something else.

`Event` is the table of what is told: the name of the line, its level, and the metrics that it moves. In an outage the
same thing happens again and again: counters count all of it, lines come at most once a second of one kind, ever more
rarely while it lasts, and at most two warnings or errors a second of a process. The next line says how many were left out.
"""

import logging
import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Final, assert_never

import structlog
from prometheus_client import Gauge

from kabar_chassis import metrics as declared
from kabar_chassis.metrics import REASON, CounterMetric, GaugeMetric, Metrics

log: structlog.stdlib.BoundLogger = structlog.get_logger()

FIRST_INTERVAL_S: Final = 1.0
LONGEST_INTERVAL_S: Final = 60.0
TROUBLE_LINES_PER_S: Final = 2

_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_OTHER: Final = "other"
_ERROR_TYPE: Final = re.compile(r"\b[a-z][a-z_]*_exception\b")
_STATUS: Final = re.compile(r"[1-5]\d\d\b")


class Level(StrEnum):
    """How loudly an event is told."""

    SILENT = "silent"
    """Counted, not logged: it is the daily work."""
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Pace(StrEnum):
    """How often lines of one kind may come."""

    EACH = "each"
    """Every time: a change of state, which its caller tells once."""
    LIMITED = "limited"


@dataclass(frozen=True, slots=True)
class Count:
    """Adds the count of the event to a counter."""

    metric: CounterMetric


@dataclass(frozen=True, slots=True)
class Raise:
    """Sets a state to 1, and to 0 under every other reason."""

    metric: GaugeMetric


@dataclass(frozen=True, slots=True)
class Lower:
    """Sets a state to 0, under every reason that it was raised for."""

    metric: GaugeMetric


Effect = Count | Raise | Lower


@dataclass(frozen=True, slots=True)
class Telling:
    """How an event is told."""

    name: str
    level: Level
    pace: Pace
    effects: tuple[Effect, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """The facts that must be given, as its metrics are labelled by them."""
        return tuple(dict.fromkeys(label for effect in self.effects for label in _labels_of(effect)))


def _daily(name: str, *effects: Effect) -> Telling:
    return Telling(name, Level.SILENT, Pace.EACH, effects)


def _detail(name: str, *effects: Effect) -> Telling:
    return Telling(name, Level.DEBUG, Pace.EACH, effects)


def _note(name: str, *effects: Effect) -> Telling:
    return Telling(name, Level.INFO, Pace.LIMITED, effects)


def _warning(name: str, *effects: Effect) -> Telling:
    return Telling(name, Level.WARNING, Pace.LIMITED, effects)


def _error(name: str, *effects: Effect) -> Telling:
    return Telling(name, Level.ERROR, Pace.LIMITED, effects)


def _change(name: str, level: Level, *effects: Effect) -> Telling:
    return Telling(name, level, Pace.EACH, effects)


class Event(Enum):
    """What can be told. Facts that are not labels are logged only: entry ids, counts, the words of an error."""

    # The way of an entry.
    ENTRIES_RECEIVED = _daily("entries_received", Count(declared.ENTRIES_RECEIVED))
    ENTRIES_HANDED_OVER = _daily("entries_handed_over", Count(declared.ENTRIES_HANDED_OVER))
    ENTRIES_DONE = _daily("entries_done", Count(declared.ENTRIES_DONE))
    ENTRIES_RETRIED = _warning("entries_retried", Count(declared.ENTRIES_RETRIED))
    ENTRY_GIVEN_UP = _error("entry_given_up", Count(declared.ENTRIES_DEAD))
    ENTRIES_RECLAIMED = _note("entries_reclaimed", Count(declared.ENTRIES_RECLAIMED))
    ENTRIES_RELEASED = _note("entries_released", Count(declared.ENTRIES_RELEASED))
    STREAMS_TRIMMED = _detail("streams_trimmed", Count(declared.ENTRIES_TRIMMED))

    # What hinders a worker.
    WORK_BLOCKED = _change("work_blocked", Level.ERROR, Raise(declared.WORK_BLOCKED))
    WORK_RESUMED = _change("work_resumed", Level.INFO, Lower(declared.WORK_BLOCKED))
    BRAKE_PULLED = _change("brake_pulled", Level.ERROR, Count(declared.BRAKE_PULLS), Raise(declared.BRAKE_PULLED))
    BRAKE_RELEASED = _change("brake_released", Level.INFO, Lower(declared.BRAKE_PULLED))
    HANDLING_FAILED = _error("handling_failed", Count(declared.HANDLING_FAILURES))
    SETTLEMENT_FAILED = _warning("settlement_failed", Count(declared.SETTLEMENT_FAILURES))
    RELEASE_FAILED = _warning("release_failed", Count(declared.POSSESSION_FAILURES))
    RECLAIM_FAILED = _detail("reclaim_failed", Count(declared.POSSESSION_FAILURES))
    HOLD_FAILED = _detail("hold_failed", Count(declared.POSSESSION_FAILURES))
    READING_FAILED = _warning("reading_failed", Count(declared.READING_FAILURES), Raise(declared.READING_STOPPED))
    READING_RESUMED = _change("reading_resumed", Level.INFO, Lower(declared.READING_STOPPED))
    GROUP_RECREATED = _warning("group_recreated", Count(declared.GROUPS_RECREATED))

    # The life of a worker.
    WORKER_STARTED = _change("worker_started", Level.INFO, Raise(declared.WORKER_RUNNING))
    WORKER_STOPPED = _change("worker_stopped", Level.INFO, Lower(declared.WORKER_RUNNING))
    WORKER_DIED = _change("worker_died", Level.ERROR, Lower(declared.WORKER_RUNNING))
    WORKER_REFUSED = _change("worker_refused", Level.ERROR, Lower(declared.WORKER_RUNNING))
    WORKER_WAITS_FOR_STREAMS = _change("worker_waits_for_streams", Level.WARNING)
    BACKLOG_UNKNOWN = _detail("backlog_unknown")

    # OpenSearch.
    DOCUMENTS_WRITTEN = _daily("documents_written", Count(declared.DOCUMENTS_WRITTEN))
    DOCUMENTS_SUPERSEDED = _daily("documents_superseded", Count(declared.DOCUMENTS_SUPERSEDED))
    OPENSEARCH_FAILED = _detail("opensearch_failed", Count(declared.OPENSEARCH_FAILURES))
    INDEX_UNAVAILABLE = _error("index_unavailable", Count(declared.OPENSEARCH_FAILURES))
    QUERY_REFUSED = _error("query_refused", Count(declared.OPENSEARCH_FAILURES))
    READINESS_REFUSED = _warning("readiness_refused", Count(declared.OPENSEARCH_FAILURES))

    # Ingest.
    ARTICLES_RECEIVED = _daily("articles_received", Count(declared.ARTICLES_RECEIVED))
    ARTICLE_ACCEPTED = _detail("article_accepted", Count(declared.ARTICLES_ACCEPTED))
    ARTICLES_ACCEPTED = _daily("articles_accepted", Count(declared.ARTICLES_ACCEPTED))
    BATCH_ANSWERED = _change("batch_answered", Level.INFO, Count(declared.BATCHES_ANSWERED))
    ARTICLES_REFUSED = _daily("articles_refused", Count(declared.ARTICLES_REFUSED))
    ARTICLES_UNKNOWN = _daily("articles_unknown", Count(declared.ARTICLES_UNKNOWN))
    PUSH_REFUSED = _detail("push_refused", Count(declared.PUSHES_REFUSED))
    PUSH_ABANDONED = _note("push_abandoned", Count(declared.PUSHES_ABANDONED))
    COMMIT_FAILED = _warning("commit_failed", Count(declared.COMMIT_FAILURES))
    LANE_CLOSED = _change("lane_closed", Level.WARNING, Raise(declared.LANE_CLOSED))
    LANE_OPENED = _change("lane_opened", Level.INFO, Lower(declared.LANE_CLOSED))
    ACCEPTED_MAY_BE_LOST = _change("accepted_may_be_lost", Level.WARNING, Raise(declared.ACCEPTED_MAY_BE_LOST))
    ACCEPTED_IS_SAFE = _change("accepted_is_safe", Level.INFO, Lower(declared.ACCEPTED_MAY_BE_LOST))


def class_of(why: str) -> str:
    """A word to label by, out of a sentence for people: the type of OpenSearch's error, else the HTTP status, else `other`."""
    if (kind := _ERROR_TYPE.search(why)) is not None:
        return kind.group()
    return f"http_{status.group()}" if (status := _STATUS.match(why)) is not None else _OTHER


def _is_wanted(level: Level) -> bool:
    """Whether anybody reads lines of this level. A debug line that is thrown away costs more than all its counters."""
    if level is Level.DEBUG:
        return not structlog.is_configured() or logging.getLogger().isEnabledFor(logging.DEBUG)
    return level is not Level.SILENT


def _labels_of(effect: Effect) -> tuple[str, ...]:
    if isinstance(effect, Lower):
        return tuple(label for label in effect.metric.labels if label != REASON)
    return effect.metric.labels


@dataclass(slots=True)
class _Voice:
    """One event under one set of labels: what it moves, and when it may be heard again."""

    moves: tuple[Callable[[int], None], ...]
    next_at: float = float("-inf")
    interval_s: float = FIRST_INTERVAL_S
    left_out: int = 0


@dataclass(slots=True)
class Telemetry:
    """Tells events: one for each process, passed along."""

    metrics: Metrics
    monotonic: Callable[[], float] = time.monotonic
    _voices: dict[tuple[Event, tuple[str, ...]], _Voice] = field(default_factory=dict)
    _raised: dict[tuple[str, tuple[tuple[str, str], ...]], dict[str, Gauge]] = field(default_factory=dict)
    """Metric and labels but the reason -> the gauges that were raised, by reason."""
    _trouble: deque[float] = field(default_factory=lambda: deque(maxlen=TROUBLE_LINES_PER_S))
    """When the last limited warnings and errors were logged."""

    def tell(self, event: Event, *, count: int = 1, **facts: object) -> None:
        """Count `event`, and log it unless it was just logged.

        `facts` must have the labels of the event (`event.value.labels`); more facts, such as ids, are only logged.
        `exc_info=True` logs the error that is being handled. Raises TypeError when a label is missing.
        """
        telling = event.value
        try:
            labels = tuple([str(facts[name]) for name in _LABELS[event]])
        except KeyError as error:
            raise TypeError(f"the event {telling.name} is told without {error}") from None
        voice = self._voices.get((event, labels)) or self._voice(event, labels)
        for move in voice.moves:
            move(count)
        if not _is_wanted(telling.level) or (telling.pace is Pace.LIMITED and not self._may_be_heard(voice, telling.level)):
            return
        if voice.left_out:
            facts["left_out"], voice.left_out = voice.left_out, 0
        if count != 1:
            facts["count"] = count
        getattr(log, telling.level.value)(telling.name, **facts)

    def _may_be_heard(self, voice: _Voice, level: Level) -> bool:
        now = self.monotonic()
        is_trouble = level in (Level.WARNING, Level.ERROR)
        budget_spent = is_trouble and len(self._trouble) == TROUBLE_LINES_PER_S and now - self._trouble[0] < 1.0
        if now < voice.next_at or budget_spent:
            voice.left_out += 1
            return False
        went_on = now < voice.next_at + voice.interval_s
        voice.interval_s = min(voice.interval_s * 2, LONGEST_INTERVAL_S) if went_on else FIRST_INTERVAL_S
        voice.next_at = now + voice.interval_s
        if is_trouble:
            self._trouble.append(now)
        return True

    def _voice(self, event: Event, labels: tuple[str, ...]) -> _Voice:
        given = dict(zip(_LABELS[event], labels, strict=True))
        if REASON in given and not _WORD.fullmatch(given[REASON]):
            # A message as a label would make a series of each.
            given[REASON] = _OTHER
        key = (event, tuple(given.values()))
        if key not in self._voices:
            self._voices[key] = _Voice(tuple(self._move(effect, given) for effect in event.value.effects))
        return self._voices[key]

    def _move(self, effect: Effect, given: dict[str, str]) -> Callable[[int], None]:
        labels = {name: given[name] for name in _labels_of(effect)}
        match effect:
            case Count(metric=metric):
                return self.metrics.counter(metric, **labels).inc
            case Raise(metric=metric):
                gauge = self.metrics.gauge(metric, **labels)
                reason = labels.pop(REASON, "")
                raised = self._raised.setdefault((metric.name, tuple(labels.items())), {})
                raised[reason] = gauge

                def raise_one(_: int) -> None:
                    for other in raised.values():
                        other.set(1 if other is gauge else 0)

                return raise_one
            case Lower(metric=metric):
                if REASON not in metric.labels:
                    gauge = self.metrics.gauge(metric, **labels)
                    return lambda _: gauge.set(0)
                lowered = self._raised.setdefault((metric.name, tuple(labels.items())), {})

                def lower_all(_: int) -> None:
                    for other in lowered.values():
                        other.set(0)

                return lower_all
            case _ as never:
                assert_never(never)


_LABELS: Final = {event: event.value.labels for event in Event}
