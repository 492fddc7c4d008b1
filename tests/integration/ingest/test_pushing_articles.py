"""Articles over real HTTP onto a real Redis stream."""

import asyncio
import gzip
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from backports import zstd
from kabar_chassis.topology import create_topology
from kabar_contracts import identity
from kabar_contracts.entry import Entry
from kabar_contracts.fields import ArticleStatus
from kabar_contracts.raw import ContentForm, RawArticle
from kabar_contracts.streams import RAW_BACKFILL
from kabar_ingest.answers import Accepted, LineAccepted, LineRefused, ProblemDetails
from redis.asyncio import Redis

Entries = Callable[..., Awaitable[list[tuple[str, Entry, RawArticle]]]]
NDJSON = {"content-type": "application/x-ndjson"}


def article(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {"url": f"https://www.warta.example/{number}", "title": f"Judul {number}", "body": f"Isi {number}."} | changes


def lines_of(answer: httpx.Response) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.text.splitlines()]


async def test_an_accepted_article_lies_on_the_stream_under_its_receipt(ingest: httpx.AsyncClient, entries: Entries) -> None:
    answer = await ingest.post("/v1/articles", json=article())

    assert answer.status_code == 202
    accepted = Accepted.model_validate_json(answer.content, strict=True, extra="forbid")
    [(entry_id, entry, raw)] = await entries()
    assert accepted.receipt == f"{raw.article_id}.{raw.revision}.{entry_id}"
    assert answer.headers["location"] == f"/v1/receipts/{accepted.receipt}"
    assert (entry.article_id, entry.revision) == (accepted.article_id, accepted.revision)
    assert (raw.title, raw.body, raw.source) == ("Judul 1", "Isi 1.", "warta.example")
    assert raw.content_sha256 == identity.sha256_hex(answer.request.content)


async def test_the_same_push_twice_is_advised_and_written_twice(ingest: httpx.AsyncClient, entries: Entries) -> None:
    content = article(41, updated_at="2026-05-04T10:00:00Z")

    first, second = [(await ingest.post("/v1/articles", json=content)).json() for _ in range(2)]

    assert (first["duplicate"], second["duplicate"]) == (False, True)
    assert (first["article_id"], first["revision"]) == (second["article_id"], second["revision"])
    assert len(await entries()) == 2


async def test_a_clock_that_is_ahead_is_clamped_and_named(ingest: httpx.AsyncClient, entries: Entries) -> None:
    ahead = datetime.now(UTC) + timedelta(days=1)

    answer = (await ingest.post("/v1/articles", json=article(updated_at=ahead.isoformat()))).json()

    assert [warning["code"] for warning in answer["warnings"]] == ["clock_ahead"]
    [(_, _, raw)] = await entries()
    assert raw.revision == identity.milliseconds(raw.received_at)


async def test_the_backfill_lane_is_another_stream(ingest: httpx.AsyncClient, entries: Entries) -> None:
    await ingest.post("/v1/articles?lane=backfill", json=article())

    assert (len(await entries()), len(await entries(RAW_BACKFILL))) == (0, 1)


async def test_the_callers_trace_goes_on(ingest: httpx.AsyncClient, entries: Entries) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    await ingest.post("/v1/articles", json=article(), headers={"traceparent": trace})
    await ingest.post("/v1/articles", json=article(), headers={"traceparent": "nonsense"})

    [(_, kept, _), (_, made, _)] = await entries()
    assert kept.traceparent == trace
    assert made.traceparent is not None
    assert made.traceparent.startswith("00-")


@pytest.mark.parametrize(
    ("headers", "pack"),
    [
        ({}, bytes),
        ({"content-encoding": "gzip"}, gzip.compress),
        ({"content-encoding": "zstd"}, zstd.compress),
    ],
    ids=["plain", "gzip", "zstd"],
)
async def test_a_batch_is_answered_line_by_line_in_order(
    ingest: httpx.AsyncClient, entries: Entries, headers: dict[str, str], pack: Callable[[bytes], bytes]
) -> None:
    lines = [json.dumps(article(number)).encode() for number in range(1, 701)]

    answer = await ingest.post("/v1/articles", content=pack(b"\n".join(lines)), headers=NDJSON | headers)

    assert (answer.status_code, answer.headers["content-type"]) == (202, "application/x-ndjson")
    answers = [LineAccepted.model_validate_json(line, extra="forbid") for line in answer.text.splitlines()]
    assert [each.line for each in answers] == list(range(1, 701))
    written = await entries()
    assert [each.receipt.rpartition(".")[2] for each in answers] == [entry_id for entry_id, _, _ in written]
    assert [raw.title for _, _, raw in written] == [f"Judul {number}" for number in range(1, 701)]
    assert [raw.content_sha256 for _, _, raw in written] == [identity.sha256_hex(line) for line in lines]


async def test_a_batch_with_bad_lines_goes_on_and_names_every_fault(ingest: httpx.AsyncClient, entries: Entries) -> None:
    lines = [json.dumps(article(1)), "{", "", json.dumps({"url": "ftp://x", "title": "T"}), json.dumps(article(5))]

    answer = await ingest.post("/v1/articles", content="\r\n".join(lines), headers=NDJSON)

    assert answer.status_code == 207
    first, second, third, fourth = lines_of(answer)
    assert [each["line"] for each in (first, second, third, fourth)] == [1, 2, 4, 5]
    assert [each["status"] for each in (first, second, third, fourth)] == [202, 400, 422, 202]
    assert LineRefused.model_validate(second).errors[0].code == "bad_json"
    assert [(each["code"], each["pointer"]) for each in third["errors"]] == [("missing_field", "/body"), ("bad_url", "/url")]
    assert [raw.title for _, _, raw in await entries()] == ["Judul 1", "Judul 5"]


async def test_a_batch_in_which_nothing_is_right_is_invalid(ingest: httpx.AsyncClient) -> None:
    answer = await ingest.post("/v1/articles", content=b"{}\n[]\n", headers=NDJSON)

    assert answer.status_code == 422
    assert [each["status"] for each in lines_of(answer)] == [422, 422]


async def test_a_batch_may_hold_html_and_takedowns(ingest: httpx.AsyncClient, entries: Entries) -> None:
    lines = [json.dumps({"url": "https://a.example/1", "html": "<p>Isi"}), json.dumps({"url": "https://a.example/1", "status": "canceled"})]

    await ingest.post("/v1/articles", content="\n".join(lines), headers=NDJSON)

    assert [raw.content_form for _, _, raw in await entries()] == [ContentForm.HTML, ContentForm.NONE]


async def test_a_line_of_50_mb_is_refused_and_its_neighbours_are_accepted(ingest: httpx.AsyncClient, entries: Entries) -> None:
    long_line = b'{"body": "' + b"x" * 50_000_000 + b'"}'
    lines = [json.dumps(article(1)).encode(), long_line, json.dumps(article(3)).encode()]

    answer = await ingest.post("/v1/articles", content=b"\n".join(lines), headers=NDJSON)

    assert answer.status_code == 207
    assert [each["status"] for each in lines_of(answer)] == [202, 413, 202]
    assert lines_of(answer)[1]["errors"][0]["hint"] == "Send less at once. The limit is set by KABAR_INGEST_ARTICLE_BYTES."
    assert len(await entries()) == 2


async def test_what_was_accepted_before_a_batch_broke_is_told(ingest: httpx.AsyncClient, entries: Entries) -> None:
    content = gzip.compress(b"\n".join(json.dumps(article(number)).encode() for number in range(2_000)))

    answer = await ingest.post("/v1/articles", content=content[: len(content) // 2], headers=NDJSON | {"content-encoding": "gzip"})

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["errors"][0]["code"] == "bad_compression"
    written = await entries()
    assert len(written) > 256
    assert [each["receipt"].rpartition(".")[2] for each in problem["lines"]] == [entry_id for entry_id, _, _ in written]


async def test_a_page_lies_beside_its_message_in_its_bytes(ingest: httpx.AsyncClient, entries: Entries) -> None:
    page = "<title>Pelabuhan</title><p>Kapal “berangkat”".encode("windows-1252")
    headers = {"content-type": "text/html; charset=windows-1252", "last-modified": "Mon, 04 May 2026 09:00:00 GMT", "cookie": "secret=1"}

    answer = await ingest.post("/v1/articles", params={"url": "https://www.warta.example/1"}, content=page, headers=headers)

    assert answer.status_code == 202
    [(_, entry, raw)] = await entries()
    assert (entry.page, entry.page_content_type) == (page, "text/html; charset=windows-1252")
    assert raw.content_form is ContentForm.PAGE
    assert raw.content_sha256 == identity.sha256_hex(page)
    assert raw.page_headers["last-modified"] == "Mon, 04 May 2026 09:00:00 GMT"
    assert not {"cookie", "host", "user-agent", "content-length"} & raw.page_headers.keys()


async def test_a_page_may_be_named_by_content_location(ingest: httpx.AsyncClient, entries: Entries) -> None:
    headers = {"content-type": "text/html", "content-location": "https://www.warta.example/1"}

    await ingest.post("/v1/articles", content=b"<p>Kapal", headers=headers)

    [(_, _, raw)] = await entries()
    assert raw.url == "https://www.warta.example/1"


async def test_a_page_dump_needs_no_address(ingest: httpx.AsyncClient, entries: Entries) -> None:
    answer = await ingest.post("/v1/articles", content="Menu\nKapal “berangkat”".encode(), headers={"content-type": "text/plain"})

    assert {warning["code"] for warning in answer.json()["warnings"]} == {"source_unknown", "identity_by_text"}
    [(_, _, raw)] = await entries()
    assert (raw.content_form, raw.body) == (ContentForm.PAGE_DUMP, "Menu\nKapal “berangkat”")


@pytest.mark.parametrize(
    ("kind", "content", "form"),
    [
        ("application/json", b'{"title": "T", "body": "B"}', ContentForm.ARTICLE),
        ("application/vnd.example+json; charset=UTF-8", b'{"html": "<p>B"}', ContentForm.HTML),
        ("text/html", b"<p>B", ContentForm.PAGE),
        ("text/plain", b"B", ContentForm.PAGE_DUMP),
    ],
)
async def test_put_gives_an_article_the_producers_own_id(
    ingest: httpx.AsyncClient, entries: Entries, kind: str, content: bytes, form: ContentForm
) -> None:
    answer = await ingest.put("/v1/articles/warta/2026%2F05/pelabuhan%201", content=content, headers={"content-type": kind})

    assert answer.status_code == 202
    [(_, _, raw)] = await entries()
    assert (raw.source, raw.native_id, raw.content_form) == ("warta", "2026/05/pelabuhan 1", form)
    assert raw.article_id == identity.article_id(source="warta", native_id="2026/05/pelabuhan 1", url=None, text="")


@pytest.mark.parametrize(("query", "body"), [("?reason=court%20order", b""), ("", b'{"reason": "court order"}')], ids=["parameter", "body"])
async def test_delete_takes_the_article_down(ingest: httpx.AsyncClient, entries: Entries, query: str, body: bytes) -> None:
    pushed = (await ingest.put("/v1/articles/warta/1", json={"title": "T", "body": "B"})).json()

    answer = await ingest.request("DELETE", f"/v1/articles/warta/1{query}", content=body)

    assert answer.status_code == 202
    [_, (_, _, raw)] = await entries()
    assert (raw.status, raw.content_form, raw.reason) == (ArticleStatus.CANCELED, ContentForm.NONE, "court order")
    assert raw.article_id == pushed["article_id"]
    assert raw.revision == identity.milliseconds(raw.received_at) >= pushed["revision"]


async def test_a_takedown_by_url_meets_the_article_pushed_with_it(ingest: httpx.AsyncClient, entries: Entries) -> None:
    pushed = (await ingest.post("/v1/articles", json=article(1))).json()

    answer = await ingest.post("/v1/takedowns", json={"url": "http://warta.example/1?utm_source=x", "reason": "court order"})

    assert answer.json()["article_id"] == pushed["article_id"]
    [_, (_, _, raw)] = await entries()
    assert (raw.status, raw.reason) == (ArticleStatus.CANCELED, "court order")


async def test_200_posts_at_once_are_200_entries(ingest: httpx.AsyncClient, entries: Entries) -> None:
    # Several clients, because the pool of one takes longer for 200 connections than the service for 200 articles.
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(httpx.AsyncClient(base_url=ingest.base_url, trust_env=False)) for _ in range(20)]
        answers = await asyncio.gather(*(clients[number % 20].post("/v1/articles", json=article(number)) for number in range(200)))

    receipts = [Accepted.model_validate(answer.json()).receipt for answer in answers]
    written = {f"{raw.article_id}.{raw.revision}.{entry_id}": raw.title for entry_id, _, raw in await entries()}
    assert [written[receipt] for receipt in receipts] == [f"Judul {number}" for number in range(200)]
    assert len(written) == 200


async def test_a_body_without_a_length_is_taken(ingest: httpx.AsyncClient, entries: Entries) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for byte in json.dumps(article()).encode():
            yield bytes((byte,))

    answer = await ingest.post("/v1/articles", content=chunks(), headers={"content-type": "application/json"})

    assert answer.request.headers["transfer-encoding"] == "chunked"
    assert answer.status_code == 202
    assert len(await entries()) == 1


async def test_it_is_ready_once_the_groups_exist(ingest: httpx.AsyncClient, redis: Redis) -> None:
    before = await ingest.get("/readyz")
    await create_topology(redis)
    after = await ingest.get("/readyz")

    assert (before.status_code, ProblemDetails.model_validate(before.json()).errors[0].code) == (503, "groups_missing")
    assert (after.status_code, (await ingest.get("/livez")).status_code) == (200, 200)


async def test_the_documentation_is_served(ingest: httpx.AsyncClient) -> None:
    page, description = await ingest.get("/docs"), await ingest.get("/openapi.json")

    assert "Push one article, or many" in page.text
    assert not re.search(r"<(?:script|link|img|iframe)|@import|url\(", page.text)
    assert description.json()["openapi"] == "3.1.0"
