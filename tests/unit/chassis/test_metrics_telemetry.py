"""A log line and its counter come from one call."""

import logging
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from typing import Any

import pytest
from kabar_chassis import metrics as declared
from kabar_chassis.metrics import Metrics
from kabar_chassis.telemetry import TROUBLE_LINES_PER_S, Count, Event, Level, Lower, Pace, Raise, Telemetry, class_of
from structlog.testing import capture_logs

ROOM: dict[str, Any] = {"stream": "articles", "group": "enrich"}


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def telemetry(clock: Clock) -> Telemetry:
    return Telemetry(Metrics(), monotonic=clock)


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[list[MutableMapping[str, Any]]]:
    caplog.set_level(logging.DEBUG)
    with capture_logs() as logs:
        yield logs


def value(telemetry: Telemetry, metric: declared.Metric, **labels: str) -> float | None:
    return telemetry.metrics.registry.get_sample_value(metric.name, labels)


@pytest.mark.parametrize("event", Event)
def test_every_event_is_logged_under_its_name_and_moves_its_metrics(
    event: Event, telemetry: Telemetry, lines: list[MutableMapping[str, Any]]
) -> None:
    labels = dict.fromkeys(event.value.labels, "x")
    telemetry.tell(event, count=2, **labels)
    assert event.value.name == event.name.lower()
    assert [line["event"] for line in lines] == ([] if event.value.level is Level.SILENT else [event.value.name])
    assert all(line["log_level"] == event.value.level.value for line in lines)
    for effect in event.value.effects:
        match effect:
            case Count(metric=counter):
                assert value(telemetry, counter, **{name: labels[name] for name in counter.labels}) == 2
            case Raise(metric=gauge):
                assert value(telemetry, gauge, **{name: labels[name] for name in gauge.labels}) == 1
            case Lower():
                pass


def test_no_two_events_are_one() -> None:
    assert len(Event.__members__) == len(list(Event))


def test_every_state_that_can_be_raised_can_be_lowered() -> None:
    effects = [effect for event in Event for effect in event.value.effects]
    raised = {effect.metric for effect in effects if isinstance(effect, Raise)}
    assert raised == {effect.metric for effect in effects if isinstance(effect, Lower)}


def test_a_change_of_state_is_always_told() -> None:
    changes = [event for event in Event if any(isinstance(effect, Lower) for effect in event.value.effects)]
    assert all(event.value.pace is Pace.EACH for event in changes)


def test_ids_are_logged_and_never_labels(telemetry: Telemetry, lines: list[MutableMapping[str, Any]]) -> None:
    telemetry.tell(Event.ENTRY_GIVEN_UP, **ROOM, reason="invalid_message", entry_id="1-0", detail="not JSON")
    assert lines == [
        {"event": "entry_given_up", "log_level": "error", **ROOM, "reason": "invalid_message", "entry_id": "1-0", "detail": "not JSON"}
    ]
    assert value(telemetry, declared.ENTRIES_DEAD, **ROOM, reason="invalid_message") == 1


def test_a_missing_label_is_refused(telemetry: Telemetry) -> None:
    with pytest.raises(TypeError, match="entry_given_up is told without 'reason'"):
        telemetry.tell(Event.ENTRY_GIVEN_UP, **ROOM)


def test_a_message_given_as_reason_makes_no_series_of_its_own(telemetry: Telemetry) -> None:
    for number in range(3):
        telemetry.tell(Event.READING_FAILED, **ROOM, reason=f"Connection {number} refused")
    assert value(telemetry, declared.READING_FAILURES, **ROOM, reason="other") == 3


def test_the_error_that_is_handled_can_be_logged(telemetry: Telemetry, lines: list[MutableMapping[str, Any]]) -> None:
    telemetry.tell(Event.HANDLING_FAILED, **ROOM, exc_info=True)
    assert lines[0]["exc_info"] is True


def test_of_one_kind_there_is_one_line_a_second_and_the_next_says_how_many_were_left_out(
    telemetry: Telemetry, clock: Clock, lines: list[MutableMapping[str, Any]]
) -> None:
    for _ in range(10):
        telemetry.tell(Event.SETTLEMENT_FAILED, **ROOM, error="away")
    clock.now += 1.0
    telemetry.tell(Event.SETTLEMENT_FAILED, **ROOM, error="away")
    assert [line.get("left_out") for line in lines] == [None, 9]
    assert value(telemetry, declared.SETTLEMENT_FAILURES, **ROOM) == 11


def test_what_goes_on_is_told_ever_more_rarely(telemetry: Telemetry, clock: Clock, lines: list[MutableMapping[str, Any]]) -> None:
    for _ in range(600):
        telemetry.tell(Event.SETTLEMENT_FAILED, **ROOM, error="away")
        clock.now += 0.1
    assert len(lines) == 6  # after 0, 1, 3, 7, 15 and 31 seconds


def test_after_a_quiet_time_it_is_told_at_once(telemetry: Telemetry, clock: Clock, lines: list[MutableMapping[str, Any]]) -> None:
    for _ in range(100):
        telemetry.tell(Event.SETTLEMENT_FAILED, **ROOM, error="away")
        clock.now += 0.1
    lines.clear()
    clock.now += 60.0
    telemetry.tell(Event.SETTLEMENT_FAILED, **ROOM, error="away again")
    assert [line["error"] for line in lines] == ["away again"]


def test_lines_of_another_stream_are_another_kind(telemetry: Telemetry, lines: list[MutableMapping[str, Any]]) -> None:
    telemetry.tell(Event.ENTRIES_RECLAIMED, **ROOM)
    telemetry.tell(Event.ENTRIES_RECLAIMED, stream="others", group="enrich")
    assert len(lines) == 2


def test_however_much_goes_wrong_there_are_two_lines_of_trouble_a_second(
    telemetry: Telemetry, clock: Clock, lines: list[MutableMapping[str, Any]]
) -> None:
    reasons = ("invalid_entry", "invalid_message", "enricher_died", "enricher_timed_out", "document_rejected")
    seconds = 30
    for _ in range(seconds * 20):
        for reason in reasons:
            telemetry.tell(Event.ENTRY_GIVEN_UP, **ROOM, reason=reason)
            telemetry.tell(Event.READING_FAILED, **ROOM, reason=reason)
        clock.now += 0.05
    assert len(lines) <= seconds * TROUBLE_LINES_PER_S
    assert {(line["event"], line["reason"]) for line in lines} == {
        (name, reason) for name in ("entry_given_up", "reading_failed") for reason in reasons
    }


def test_a_change_of_state_is_told_in_the_midst_of_trouble(telemetry: Telemetry, lines: list[MutableMapping[str, Any]]) -> None:
    for reason in ("one", "two", "three"):
        telemetry.tell(Event.ENTRY_GIVEN_UP, **ROOM, reason=reason)
    telemetry.tell(Event.BRAKE_PULLED, **ROOM, why="most entries fail")
    assert lines[-1]["event"] == "brake_pulled"


def test_only_the_latest_reason_of_a_block_is_shown(telemetry: Telemetry) -> None:
    telemetry.tell(Event.WORK_BLOCKED, **ROOM, reason="flood_stage")
    telemetry.tell(Event.WORK_BLOCKED, **ROOM, reason="forbidden")
    assert value(telemetry, declared.WORK_BLOCKED, **ROOM, reason="flood_stage") == 0
    assert value(telemetry, declared.WORK_BLOCKED, **ROOM, reason="forbidden") == 1


def test_when_work_goes_on_no_reason_of_a_block_is_left(telemetry: Telemetry) -> None:
    telemetry.tell(Event.WORK_RESUMED, **ROOM)
    for reason in ("flood_stage", "forbidden", "flood_stage"):
        telemetry.tell(Event.WORK_BLOCKED, **ROOM, reason=reason)
    telemetry.tell(Event.WORK_BLOCKED, stream="others", group="enrich", reason="forbidden")
    telemetry.tell(Event.WORK_RESUMED, **ROOM)
    assert value(telemetry, declared.WORK_BLOCKED, **ROOM, reason="flood_stage") == 0
    assert value(telemetry, declared.WORK_BLOCKED, **ROOM, reason="forbidden") == 0
    assert value(telemetry, declared.WORK_BLOCKED, stream="others", group="enrich", reason="forbidden") == 1


@pytest.mark.parametrize(
    ("why", "label"),
    [
        ("403 security_exception: no permissions", "security_exception"),
        ("cluster_block_exception: index [articles] blocked by: [TOO_MANY_REQUESTS/12]", "cluster_block_exception"),
        ("413: a request of 1200000 bytes is refused", "http_413"),
        ("OpenSearch's certificate is not trusted: x", "other"),
        ("most of the last entries failed (60 of 100)", "other"),
    ],
)
def test_a_sentence_is_labelled_by_the_one_word_that_classes_it(why: str, label: str) -> None:
    assert class_of(why) == label


def test_a_debug_line_that_nobody_reads_is_counted_all_the_same(
    telemetry: Telemetry, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("structlog.is_configured", lambda: True)
    caplog.set_level(logging.INFO)
    with capture_logs() as lines:
        telemetry.tell(Event.ARTICLE_ACCEPTED, lane="live", article_id="a")
    assert lines == []
    assert value(telemetry, declared.ARTICLES_ACCEPTED, lane="live") == 1
