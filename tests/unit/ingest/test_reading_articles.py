"""From a JSON object to a raw article, or to all its faults."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kabar_contracts import identity, limits
from kabar_contracts.fields import ArticleStatus
from kabar_contracts.raw import ContentForm, RawArticle
from kabar_ingest.articles import Address, read_article
from kabar_ingest.entries import entry_of
from kabar_ingest.problems import Fault, ProblemError

ACCEPTED_AT = datetime(2026, 5, 4, 12, 0, 0, 123_456, tzinfo=UTC)
SMALLEST = {"url": "https://www.warta.example/1", "title": "Pelabuhan dibuka", "body": "Kapal berangkat."}


def read(fields: dict[str, Any], *, address: Address | None = None) -> RawArticle:
    return read_article(json.dumps(fields).encode(), accepted_at=ACCEPTED_AT, address=address)


def faults_of(content: bytes | dict[str, Any], *, address: Address | None = None) -> tuple[Fault, ...]:
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    with pytest.raises(ProblemError) as refused:
        read_article(text, accepted_at=ACCEPTED_AT, address=address)
    return refused.value.problem.faults


def test_the_smallest_article_takes_its_source_from_the_url() -> None:
    article = read(SMALLEST)

    assert article.source == "warta.example"
    assert article.content_form is ContentForm.ARTICLE
    assert article.article_id == identity.article_id(source="warta.example", native_id=None, url=SMALLEST["url"], text="")


@pytest.mark.parametrize(
    "url",
    [
        "https://www.warta.example/x?y#z",
        "HTTP://user:pass@WWW.Warta.Example:80?x",
        "https://[::1]:8080/a",
        "https://[2001:db8::]/a/b",
        "https://b\u00fccher.example/\u00e4",
        "https://warta.example:8443#f",
        "https://warta.example",
        "https://warta.example//a/b?u=https://other.example/",
    ],
)
def test_the_source_is_the_host_of_the_url(url: str) -> None:
    assert read({**SMALLEST, "url": url}).source == identity.host_of(url)


def test_without_updated_at_the_time_of_acceptance_is_the_revision() -> None:
    assert read(SMALLEST).revision == identity.milliseconds(ACCEPTED_AT)


def test_updated_at_is_the_revision() -> None:
    article = read({**SMALLEST, "updated_at": "2026-05-04T10:00:00+07:00"})

    assert article.revision == identity.milliseconds(datetime(2026, 5, 4, 3, 0, tzinfo=UTC))
    assert article.warnings == ()


def test_a_clock_that_is_ahead_is_clamped_and_named() -> None:
    ahead = ACCEPTED_AT + timedelta(hours=1)

    article = read({**SMALLEST, "updated_at": ahead.isoformat()})

    assert article.revision == identity.milliseconds(ACCEPTED_AT)
    assert article.updated_at == ahead
    assert [(warning.code, warning.pointer) for warning in article.warnings] == [("clock_ahead", "/updated_at")]


def test_the_hash_is_of_the_bytes_as_received() -> None:
    content = b'  {"url":"https://a.example/1", "title":"T","body":"B"} '

    assert read_article(content, accepted_at=ACCEPTED_AT).content_sha256 == identity.sha256_hex(content)


def test_unknown_fields_and_fields_that_we_fill_in_are_kept_in_extra() -> None:
    article = read({**SMALLEST, "photo": {"by": None}, "revision": 7, "article_id": "mine"})

    assert article.extra == {"photo": {"by": None}, "revision": 7, "article_id": "mine"}
    assert article.revision != 7


def test_null_is_the_same_as_left_out() -> None:
    assert read({**SMALLEST, "authors": None, "updated_at": None, "html": None}).authors == ()


def test_html_may_stand_in_place_of_body_and_title() -> None:
    article = read({"url": SMALLEST["url"], "html": "<p>Kapal</p>"})

    assert (article.content_form, article.body) == (ContentForm.HTML, None)


def test_a_page_dump_in_json_needs_no_title() -> None:
    assert read({"url": SMALLEST["url"], "body": "Menu", "content_form": "page_dump"}).content_form is ContentForm.PAGE_DUMP


def test_without_url_and_native_id_the_text_is_the_identity() -> None:
    article = read({"source": "warta", "title": "T", "body": "B"})

    assert article.article_id == identity.article_id(source="warta", native_id=None, url=None, text="B")
    assert [warning.code for warning in article.warnings] == ["identity_by_text"]


def test_the_path_of_a_put_gives_source_and_native_id() -> None:
    article = read({"title": "T", "body": "B"}, address=Address(source="warta", native_id="2026/1"))

    assert (article.source, article.native_id) == ("warta", "2026/1")
    assert article.article_id == identity.article_id(source="warta", native_id="2026/1", url=None, text="")


def test_body_and_path_of_a_put_must_not_contradict() -> None:
    faults = faults_of({**SMALLEST, "source": "other", "native_id": "2"}, address=Address(source="warta", native_id="1"))

    assert [(fault.code, fault.pointer) for fault in faults] == [("conflict", "/source"), ("conflict", "/native_id")]


def test_a_canceled_article_is_a_takedown_without_text_at_the_time_of_acceptance() -> None:
    article = read({**SMALLEST, "status": "canceled", "reason": "court", "updated_at": "2020-01-01T00:00:00Z", "x": 1})

    assert article.status is ArticleStatus.CANCELED
    assert article.content_form is ContentForm.NONE
    assert (article.title, article.body, article.extra, article.content_sha256) == (None, None, {}, None)
    assert article.revision == identity.milliseconds(ACCEPTED_AT)
    assert article.article_id == read(SMALLEST).article_id


def test_a_canceled_article_must_say_which_one() -> None:
    assert [fault.pointer for fault in faults_of({"status": "canceled"})] == ["/url"]
    assert [fault.pointer for fault in faults_of({"status": "canceled", "source": "warta"})] == ["/native_id"]


def test_every_fault_is_named_at_once() -> None:
    faults = faults_of(
        {
            "url": "javascript:alert(1)",
            "title": "x" * (limits.TITLE_CHARACTERS + 1),
            "authors": "Sari",
            "editors": ["", 5],
            "keywords": ["k"] * (limits.NAMES + 1),
            "language": "id_ID",
            "country": "id",
            "status": "live",
            "published_at": "2026-05-04T10:00:00",
            "updated_at": 1_777_777_777,
            "producer_disclosure": [{"value": 1}],
        }
    )

    assert {fault.pointer: fault.code for fault in faults} == {
        "/url": "bad_url",
        "/title": "too_long",
        "/body": "missing_field",
        "/authors": "wrong_type",
        "/editors/0": "empty",
        "/editors/1": "wrong_type",
        "/keywords": "too_many",
        "/language": "bad_language",
        "/country": "bad_country",
        "/status": "not_allowed",
        "/published_at": "no_time_zone",
        "/updated_at": "wrong_type",
        "/producer_disclosure/0/name": "missing_field",
    }
    assert len(faults) == 13
    assert all(fault.message for fault in faults)


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"updated_at": "1777777777"}, "/updated_at", "bad_time"),
        ({"updated_at": "yesterday"}, "/updated_at", "bad_time"),
        ({"updated_at": "2026-13-40T00:00:00Z"}, "/updated_at", "bad_time"),
        ({"updated_at": "2026-05-04"}, "/updated_at", "no_time_zone"),
        ({"updated_at": "0001-01-01T00:00:00+14:00"}, "/updated_at", "bad_time"),
        ({"published_at": "9999-12-31T23:59:59-12:00"}, "/published_at", "bad_time"),
        ({"url": "file:///etc/passwd"}, "/url", "bad_url"),
        ({"url": "https://"}, "/url", "bad_url"),
        ({"url": "https://[::1"}, "/url", "bad_url"),
        ({"url": "https://a..b/"}, "/url", "bad_url"),
        ({"url": "https://a.example:99999/"}, "/url", "bad_url"),
        ({"url": "https://a.example:99999/", "source": "a", "native_id": "1"}, "/url", "bad_url"),
        ({"url": 5}, "/url", "wrong_type"),
        ({"source": "two words"}, "/source", "bad_source"),
        ({"native_id": "a\nb"}, "/native_id", "bad_native_id"),
        ({"title": "  "}, "/title", "empty"),
        ({"body": ""}, "/body", "empty"),
        ({"body": {"a": 1}}, "/body", "wrong_type"),
        ({"html": "<p>"}, "/html", "conflict"),
        ({"content_form": "page"}, "/content_form", "not_allowed"),
        ({"photos": "x" * (limits.EXTRA_BYTES + 1)}, "", "extra_too_large"),
    ],
)
def test_a_bad_value_is_one_fault_with_its_pointer(changes: dict[str, Any], pointer: str, code: str) -> None:
    assert [(fault.pointer, fault.code) for fault in faults_of({**SMALLEST, **changes})] == [(pointer, code)]


def test_a_naive_time_is_answered_with_how_to_write_it() -> None:
    [fault] = faults_of({**SMALLEST, "published_at": "2026-05-04T10:00:00"})

    assert fault.hint is not None
    assert "+07:00" in fault.hint


def attempt(fields: dict[str, Any]) -> RawArticle | tuple[Fault, ...]:
    try:
        return read(fields)
    except ProblemError as refused:
        return refused.problem.faults


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=50, deadline=None)
@given(fields=st.dictionaries(st.sampled_from([*RawArticle.model_fields, "photo", "x/y~z"]), JSON_VALUES, max_size=6))
def test_whatever_object_comes_it_is_read_or_every_fault_has_words(fields: dict[str, Any]) -> None:
    read_or_refused = attempt({**SMALLEST, **fields})

    if isinstance(read_or_refused, RawArticle):
        assert RawArticle.model_validate_json(entry_of(read_or_refused, traceparent="").data) == read_or_refused
    else:
        assert all(fault.code and fault.message for fault in read_or_refused)
