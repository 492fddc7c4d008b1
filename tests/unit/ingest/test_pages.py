"""HTML pages and page dumps."""

from datetime import UTC, datetime

import pytest
from kabar_contracts import identity, limits
from kabar_contracts.raw import ContentForm, RawArticle
from kabar_ingest.articles import Address
from kabar_ingest.pages import read_dump, read_page
from kabar_ingest.problems import Problem, ProblemError

ACCEPTED_AT = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
PAGE = b"<!doctype html><title>Pelabuhan</title><p>Kapal berangkat."


def page(
    content: bytes = PAGE,
    *,
    headers: tuple[tuple[str, str], ...] = (),
    url: str | None = "https://www.warta.example/1",
    source: str | None = None,
    charset: str | None = None,
    address: Address | None = None,
) -> RawArticle:
    return read_page(content, headers=headers, charset=charset, url=url, source=source, accepted_at=ACCEPTED_AT, address=address)


def dump(content: bytes, *, charset: str | None = None, url: str | None = None, source: str | None = None) -> RawArticle:
    return read_dump(content, charset=charset, url=url, source=source, accepted_at=ACCEPTED_AT)


def problem_of(refused: pytest.ExceptionInfo[ProblemError]) -> tuple[int, str, str | None]:
    problem: Problem = refused.value.problem
    return problem.status, problem.faults[0].code, problem.faults[0].parameter


def test_a_page_stays_in_its_bytes() -> None:
    article = page()

    assert (article.content_form, article.html, article.title) == (ContentForm.PAGE, None, None)
    assert article.content_sha256 == identity.sha256_hex(PAGE)
    assert article.source == "warta.example"


def test_headers_of_the_page_are_kept_and_those_of_the_way_are_not() -> None:
    article = page(
        headers=(
            ("Content-Type", "text/html"),
            ("Last-Modified", "Mon, 04 May 2026 09:00:00 GMT"),
            ("Link", "<a>"),
            ("link", "<b>"),
            ("Authorization", "Bearer secret"),
            ("Cookie", "session=secret"),
            ("Connection", "keep-alive, X-Hop"),
            ("X-Hop", "1"),
            ("Transfer-Encoding", "chunked"),
        )
    )

    assert article.page_headers == {
        "content-type": "text/html",
        "last-modified": "Mon, 04 May 2026 09:00:00 GMT",
        "link": "<a>, <b>",
    }


@pytest.mark.parametrize(
    ("headers", "code", "parameter"),
    [
        ([("X-Long", "x" * (limits.HEADER_CHARACTERS + 1))], "too_long", "x-long"),
        ([(f"x-{number}", "1") for number in range(limits.HEADERS + 1)], "too_many", "headers"),
    ],
)
def test_too_many_and_too_long_headers_are_named(headers: list[tuple[str, str]], code: str, parameter: str) -> None:
    with pytest.raises(ProblemError) as refused:
        page(headers=tuple(headers))

    assert problem_of(refused) == (422, code, parameter)


def test_a_page_must_say_which_one_it_is() -> None:
    with pytest.raises(ProblemError) as refused:
        page(url=None)

    assert problem_of(refused) == (422, "missing_parameter", "url")


def test_a_page_under_a_native_id_needs_no_url() -> None:
    assert page(url=None, address=Address(source="warta", native_id="1")).native_id == "1"


def test_a_bad_parameter_is_named_as_a_parameter() -> None:
    with pytest.raises(ProblemError) as refused:
        page(url="javascript:alert(1)")

    assert problem_of(refused) == (422, "bad_url", "url")


def test_a_page_beyond_the_limit_of_the_contract_is_too_large() -> None:
    with pytest.raises(ProblemError) as refused:
        page(b"x" * (limits.PAGE_BYTES + 1))

    assert problem_of(refused) == (413, "page_too_large", None)


@pytest.mark.parametrize(("content", "status", "code"), [(b" ", 400, "empty_body"), (b"<p>\x00", 422, "nul_character")])
def test_what_is_no_page_is_refused(content: bytes, status: int, code: str) -> None:
    with pytest.raises(ProblemError) as refused:
        page(content)

    assert problem_of(refused)[:2] == (status, code)


def test_a_page_in_utf_16_is_one() -> None:
    assert page("<p>Kapal".encode("utf-16")).content_form is ContentForm.PAGE
    assert page("<p>Kapal".encode("utf-16-le"), charset="utf-16le").content_form is ContentForm.PAGE


def test_a_dump_without_any_address_is_taken_with_warnings() -> None:
    article = dump(b"Menu\nKapal berangkat.\n")

    assert (article.content_form, article.source, article.body) == (ContentForm.PAGE_DUMP, "unknown", "Menu\nKapal berangkat.\n")
    assert {warning.code for warning in article.warnings} == {"source_unknown", "identity_by_text"}


def test_a_dump_with_a_source_is_told_by_its_text() -> None:
    assert dump(b"Kapal", source="warta").article_id == identity.article_id(source="warta", native_id=None, url=None, text="Kapal")


def test_a_dump_is_read_in_its_charset() -> None:
    assert dump("\N{LEFT DOUBLE QUOTATION MARK}Kapal".encode("windows-1252"), charset="windows-1252", source="a").body == "“Kapal"


def test_a_byte_order_mark_is_no_part_of_a_dump() -> None:
    assert dump(b"\xef\xbb\xbfKapal", source="a").body == "Kapal"


@pytest.mark.parametrize(
    ("content", "charset", "status", "code"),
    [
        (b"", None, 400, "empty_body"),
        (b"\xff", None, 400, "bad_encoding"),
        (b"x", "rot13", 415, "unsupported_charset"),
        (b"x", "no-such\x00", 415, "unsupported_charset"),
        (b"x\x00", None, 422, "nul_character"),
    ],
)
def test_what_is_no_text_is_refused(content: bytes, charset: str | None, status: int, code: str) -> None:
    with pytest.raises(ProblemError) as refused:
        dump(content, charset=charset, source="a")

    assert problem_of(refused)[:2] == (status, code)
