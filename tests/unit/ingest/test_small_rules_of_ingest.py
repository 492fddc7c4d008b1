"""Duplicates, parameters, traces, media types, commands."""

import json
from datetime import UTC, datetime

import pytest
from kabar_ingest import parameters
from kabar_ingest.articles import read_article
from kabar_ingest.documentation import documentation_routes
from kabar_ingest.duplicates import RecentPushes
from kabar_ingest.media import media_type
from kabar_ingest.openapi import openapi
from kabar_ingest.outcomes import not_written
from kabar_ingest.problems import Fault, ProblemError
from kabar_ingest.publishing import Refused, Unknown
from kabar_ingest.settings import Settings
from kabar_ingest.takedowns import takedown_by_url
from kabar_ingest.traces import traceparent_of
from pydantic import SecretStr, ValidationError

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
SETTINGS = Settings(redis_url=SecretStr("redis://127.0.0.1:1/0"))


def pushed(number: int, *, updated_at: str | None = None) -> bytes:
    return json.dumps({"url": f"https://a.example/{number}", "title": "T", "body": "B", "updated_at": updated_at}).encode()


def test_the_same_push_is_known_the_second_time() -> None:
    recent = RecentPushes(10)
    article = read_article(pushed(1), accepted_at=NOON)

    assert [recent.remember(article), recent.remember(article)] == [False, True]


def test_another_updated_at_is_another_push() -> None:
    recent = RecentPushes(10)
    recent.remember(read_article(pushed(1), accepted_at=NOON))

    assert not recent.remember(read_article(pushed(1, updated_at="2026-05-04T10:00:00Z"), accepted_at=NOON))


def test_memory_is_bounded_and_forgets_the_oldest() -> None:
    recent = RecentPushes(2)
    first, second, third = (read_article(pushed(number), accepted_at=NOON) for number in (1, 2, 3))
    for article in (first, second, first, third):
        recent.remember(article)

    assert recent.remember(first)
    assert not recent.remember(second)


def test_a_takedown_is_never_a_duplicate() -> None:
    recent = RecentPushes(2)
    article = takedown_by_url(b'{"url": "https://a.example/1", "reason": "court"}', accepted_at=NOON)

    assert [recent.remember(article), recent.remember(article)] == [False, False]


def test_a_takedown_by_url_names_all_that_is_missing() -> None:
    with pytest.raises(ProblemError) as refused:
        takedown_by_url(b"{}", accepted_at=NOON)

    assert [fault.pointer for fault in refused.value.problem.faults] == ["/url", "/reason"]


def test_unknown_and_repeated_parameters_and_lanes_are_named_at_once() -> None:
    with pytest.raises(ProblemError) as refused:
        parameters.checked([("titel", "x"), ("lane", "slow"), ("lane", "slow")], allowed=("lane",))

    assert [(fault.code, fault.parameter) for fault in refused.value.problem.faults] == [
        ("unknown_parameter", "titel"),
        ("repeated_parameter", "lane"),
        ("not_allowed", "lane"),
    ]


VALID_TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.mark.parametrize(
    ("header", "is_kept"),
    [
        (VALID_TRACE, True),
        (None, False),
        ("nonsense", False),
        (VALID_TRACE.upper(), False),
        (VALID_TRACE.replace("0af7651916cd43dd8448eb211c80319c", "0" * 32), False),
        (VALID_TRACE.replace("b7ad6b7169203331", "0" * 16), False),
        ("ff" + VALID_TRACE[2:], False),
        (VALID_TRACE + "\r\nx: y", False),
    ],
)
def test_a_valid_trace_goes_on_and_any_other_is_replaced(header: str | None, is_kept: bool) -> None:  # noqa: FBT001  # a column of the table
    trace = traceparent_of(header, random_bytes=lambda size: b"\xab" * size)

    assert trace == (VALID_TRACE if is_kept else f"00-{'ab' * 16}-{'ab' * 8}-01")


@pytest.mark.parametrize(
    ("header", "essence", "charset"),
    [
        ("", "", None),
        ("application/json", "application/json", None),
        ('Text/HTML; a=b; Charset="UTF-16"', "text/html", "utf-16"),
    ],
)
def test_a_media_type_is_read_with_its_charset(header: str, essence: str, charset: str | None) -> None:
    kind = media_type(header)

    assert (kind.essence, kind.charset) == (essence, charset)


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (Unknown("timed out"), "outcome_unknown"),
        (Refused("OOM", is_full=True), "queue_full"),
        (Refused("connection refused"), "queue_unavailable"),
        (Refused("over the limit", is_full=True, fault=Fault(code="memory_full", message="Full.")), "memory_full"),
    ],
)
def test_what_was_not_written_is_said_with_when_to_come_back(outcome: Refused | Unknown, code: str) -> None:
    problem = not_written(outcome, retry_after_s=7).problem

    assert (problem.status, problem.faults[0].code, problem.headers["retry-after"]) == (503, code, "7")


def test_an_address_has_no_default() -> None:
    with pytest.raises(ValidationError, match="redis_url"):
        Settings()


def test_every_reference_in_the_api_description_leads_somewhere() -> None:
    description = openapi(SETTINGS)
    text = json.dumps(description)
    for reference in {part.partition('"')[0] for part in text.split('"$ref": "#/')[1:]}:
        place = description
        for step in reference.split("/"):
            place = place[step]

    assert description["openapi"].startswith("3.1")


def test_the_documentation_needs_nothing_from_elsewhere() -> None:
    paths = [route.path for route in documentation_routes(SETTINGS)]

    assert paths == ["/openapi.json", "/docs", "/"]
