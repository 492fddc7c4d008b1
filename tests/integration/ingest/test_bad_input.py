"""Whatever is sent: the stated status, every fault by name, and the next article is accepted."""

import gzip
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import httpx
import pytest
from backports import zstd
from kabar_contracts import limits
from kabar_ingest.answers import ProblemDetails

JSON = {"content-type": "application/json"}
NDJSON = {"content-type": "application/x-ndjson"}
GOOD = {"url": "https://www.warta.example/1", "title": "Judul", "body": "Isi."}
MIB = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Case:
    """One bad request and its answer: status, and the code with the pointer or parameter of each fault."""

    name: str
    status: int
    faults: dict[str | None, str]
    body: Callable[[], bytes | AsyncIterator[bytes]] = lambda: b""
    headers: dict[str, str] = field(default_factory=lambda: JSON)
    method: str = "POST"
    path: str = "/v1/articles"


def changed(**changes: object) -> Callable[[], bytes]:
    return lambda: json.dumps({**GOOD, **changes}).encode()


async def _endless() -> AsyncIterator[bytes]:
    for _ in range(100):
        yield bytes(MIB)


CASES = [
    Case(name="empty body", body=lambda: b"", status=400, faults={None: "empty_body"}),
    Case(name="broken JSON", body=lambda: b'{"url": ', status=400, faults={"": "bad_json"}),
    Case(name="trailing garbage", body=lambda: json.dumps(GOOD).encode() + b" x", status=400, faults={"": "bad_json"}),
    Case(name="NaN", body=lambda: b'{"score": NaN}', status=400, faults={"": "not_a_number"}),
    Case(name="invalid UTF-8", body=lambda: b'{"title": "\xff"}', status=400, faults={"": "not_utf8"}),
    Case(name="UTF-16", body=lambda: json.dumps(GOOD).encode("utf-16"), status=400, faults={"": "not_utf8"}),
    Case(name="lone surrogate", body=lambda: b'{"title": "\\ud800"}', status=400, faults={"": "lone_surrogate"}),
    Case(
        name="NUL characters", body=changed(title="a\0b", x=["\0"]), status=422, faults={"/title": "nul_character", "/x/0": "nul_character"}
    ),
    Case(name="deep nesting", body=lambda: b'{"a":' * 50 + b"1" + b"}" * 50, status=422, faults={"/a" * 32: "too_deep"}),
    Case(name="very deep nesting", body=lambda: b"[" * MIB, status=422, faults={"": "too_deep"}),
    Case(name="duplicate key", body=lambda: b'{"url": "a", "url": "b"}', status=422, faults={"": "duplicate_key"}),
    Case(
        name="huge number",
        body=lambda: b'{"n": 1e999, "m": 1' + b"0" * 40 + b"}",
        status=422,
        faults={"/n": "number_out_of_range", "/m": "number_out_of_range"},
    ),
    Case(name="array", body=lambda: b"[{}]", status=422, faults={"": "not_an_object"}),
    Case(
        name="missing fields",
        body=lambda: b"{}",
        status=422,
        faults={"/url": "missing_field", "/title": "missing_field", "/body": "missing_field"},
    ),
    Case(
        name="wrong types",
        body=changed(title=5, body=["x"], authors="Sari", published_at=1, language={}),
        status=422,
        faults=dict.fromkeys(("/title", "/body", "/authors", "/published_at", "/language"), "wrong_type"),
    ),
    Case(name="script URL", body=changed(url="javascript:alert(1)"), status=422, faults={"/url": "bad_url"}),
    Case(name="file URL", body=changed(url="file:///etc/passwd"), status=422, faults={"/url": "bad_url"}),
    Case(name="naive time", body=changed(updated_at="2026-05-04T10:00:00"), status=422, faults={"/updated_at": "no_time_zone"}),
    Case(name="time out of range", body=changed(updated_at="0001-01-01T00:00:00+14:00"), status=422, faults={"/updated_at": "bad_time"}),
    Case(name="bad language tag", body=changed(language="id_ID"), status=422, faults={"/language": "bad_language"}),
    Case(name="too many authors", body=changed(authors=["a"] * (limits.NAMES + 1)), status=422, faults={"/authors": "too_many"}),
    Case(name="too long a text", body=changed(body="x" * (limits.TEXT_CHARACTERS + 1)), status=422, faults={"/body": "too_long"}),
    Case(name="too much extra", body=changed(more="x" * (limits.EXTRA_BYTES + 1)), status=422, faults={"": "extra_too_large"}),
    Case(name="17 MiB", body=lambda: b" " * (17 * MIB), status=413, faults={"": "too_large"}),
    Case(name="100 MiB without a length", body=_endless, status=413, faults={"": "too_large"}),
    Case(name="no content type", headers={}, body=lambda: b"{}", status=415, faults={"content-type": "unsupported_media_type"}),
    Case(
        name="unknown media type",
        headers={"content-type": "application/pdf"},
        status=415,
        faults={"content-type": "unsupported_media_type"},
    ),
    Case(
        name="wrong charset",
        headers={"content-type": "application/json; charset=latin1"},
        body=changed(),
        status=415,
        faults={"content-type": "unsupported_charset"},
    ),
    Case(
        name="unknown coding",
        headers=JSON | {"content-encoding": "br"},
        body=changed(),
        status=415,
        faults={"content-encoding": "unsupported_encoding"},
    ),
    Case(
        name="truncated gzip",
        headers=JSON | {"content-encoding": "gzip"},
        body=lambda: gzip.compress(changed()())[:-5],
        status=400,
        faults={"": "bad_compression"},
    ),
    Case(
        name="garbage after gzip",
        headers=JSON | {"content-encoding": "gzip"},
        body=lambda: gzip.compress(changed()()) + b"garbage",
        status=400,
        faults={"": "bad_compression"},
    ),
    Case(
        name="gzip bomb",
        headers=NDJSON | {"content-encoding": "gzip"},
        body=lambda: gzip.compress(bytes(40 * MIB)),
        status=413,
        faults={"": "too_dense"},
    ),
    Case(
        name="zstd bomb",
        headers=JSON | {"content-encoding": "zstd"},
        body=lambda: zstd.compress(bytes(200 * MIB)),
        status=413,
        faults={"": "too_large"},
    ),
    Case(name="batch without lines", headers=NDJSON, body=lambda: b"\n\n", status=400, faults={"": "empty_body"}),
    Case(name="too many lines", headers=NDJSON, body=lambda: b"{}\n" * 10_001, status=413, faults={"": "too_many_lines"}),
    Case(name="unknown lane", path="/v1/articles?lane=fast", body=changed(), status=422, faults={"lane": "not_allowed"}),
    Case(name="unknown parameter", path="/v1/articles?titel=x", body=changed(), status=422, faults={"titel": "unknown_parameter"}),
    Case(
        name="page without address",
        headers={"content-type": "text/html"},
        body=lambda: b"<p>",
        status=422,
        faults={"url": "missing_parameter"},
    ),
    Case(
        name="page at a bad address",
        headers={"content-type": "text/html"},
        path="/v1/articles?url=data:x&source=a%20b",
        body=lambda: b"<p>",
        status=422,
        faults={"url": "bad_url", "source": "bad_source"},
    ),
    Case(
        name="page beyond the limit",
        headers={"content-type": "text/html"},
        path="/v1/articles?url=https://a.example/",
        body=lambda: b"x" * (limits.PAGE_BYTES + 1),
        status=413,
        faults={"": "too_large"},
    ),
    Case(
        name="text that is none",
        headers={"content-type": "text/plain"},
        body=lambda: b"\xff\xfe\xfd",
        status=400,
        faults={"": "bad_encoding"},
    ),
    Case(
        name="put that contradicts itself",
        method="PUT",
        path="/v1/articles/warta/1",
        body=changed(source="other"),
        status=422,
        faults={"/source": "conflict"},
    ),
    Case(
        name="put with a batch",
        method="PUT",
        path="/v1/articles/warta/1",
        headers=NDJSON,
        status=415,
        faults={"content-type": "unsupported_media_type"},
    ),
    Case(
        name="takedown of nothing",
        path="/v1/takedowns",
        body=lambda: b"{}",
        status=422,
        faults={"/url": "missing_field", "/reason": "missing_field"},
    ),
    Case(name="delete with a bad source", method="DELETE", path="/v1/articles/a%20b/1", status=422, faults={"source": "bad_source"}),
    Case(name="no such method", method="GET", status=405, faults={None: "method_not_allowed"}),
    Case(name="no such path", path="/v2/articles", status=404, faults={None: "not_found"}),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_bad_input_is_named_and_the_service_goes_on(ingest: httpx.AsyncClient, case: Case) -> None:
    answer = await ingest.request(case.method, case.path, content=case.body(), headers=case.headers)

    assert (answer.status_code, answer.headers["content-type"]) == (case.status, "application/problem+json")
    problem = ProblemDetails.model_validate(answer.json())
    assert problem.status == case.status
    found = {fault.pointer if fault.parameter is None else fault.parameter: fault.code for fault in problem.errors}
    assert found == case.faults
    assert all(fault.message for fault in problem.errors)
    assert (await ingest.post("/v1/articles", json=GOOD)).status_code == 202


async def test_an_unsupported_form_is_answered_with_the_supported_ones(ingest: httpx.AsyncClient) -> None:
    kind = await ingest.post("/v1/articles", content=b"x", headers={"content-type": "image/png"})
    coding = await ingest.post("/v1/articles", content=b"x", headers=JSON | {"content-encoding": "br"})

    assert kind.headers["accept-post"] == "application/json, application/x-ndjson, text/html, text/plain"
    assert coding.headers["accept-encoding"] == "gzip, zstd"


async def test_a_byte_order_mark_is_no_fault(ingest: httpx.AsyncClient) -> None:
    answer = await ingest.post("/v1/articles", content=b"\xef\xbb\xbf" + json.dumps(GOOD).encode(), headers=JSON)

    assert answer.status_code == 202
