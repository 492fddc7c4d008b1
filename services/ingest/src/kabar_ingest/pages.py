"""Pages as they were fetched: HTML in its bytes, or all the visible text of a page."""

import codecs
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from kabar_contracts import identity, limits
from kabar_contracts.fields import ArticleWarning
from kabar_contracts.raw import ContentForm, RawArticle

from kabar_ingest.articles import Address, raw_article
from kabar_ingest.problems import Fault, ProblemError, invalid, too_large, unparsable, unsupported

# About the way of the request, or about who sent it; never about the page.
_NOT_OF_THE_PAGE: Final = frozenset(
    {
        *("authorization", "cookie", "proxy-authorization", "proxy-authenticate", "set-cookie", "www-authenticate", "x-api-key"),
        *("connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "expect", "host"),
        *("accept", "accept-charset", "accept-encoding", "accept-language", "user-agent", "referer", "origin", "content-length"),
        *("content-encoding", "forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"),
        *("traceparent", "tracestate", "baggage"),
    }
)
_CHARSETS: Final = frozenset(
    codecs.lookup(name).name
    for name in (
        *("utf-8", "us-ascii", "utf-16", "utf-16-le", "utf-16-be", "koi8-r", "koi8-u", "gb2312", "gbk", "gb18030", "big5"),
        *("shift_jis", "euc-jp", "iso-2022-jp", "euc-kr", "tis-620"),
        *(f"iso-8859-{part}" for part in range(1, 17) if part != 12),  # noqa: PLR2004  # ISO 8859-12 was never made
        *(f"windows-125{part}" for part in range(9)),
        "cp874",
    )
)
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")


def read_page(
    content: bytes,
    *,
    headers: Iterable[tuple[str, str]],
    charset: str | None,
    url: str | None,
    source: str | None,
    accepted_at: datetime,
    address: Address | None = None,
) -> RawArticle:
    """The raw article of an HTML page; its bytes go into the entry beside it. Raises ProblemError."""
    if not content.strip():
        raise unparsable(Fault(code="empty_body", message="There is no page: the body is empty.", pointer=""))
    if len(content) > limits.PAGE_BYTES:
        message = f"The page has {len(content):,} bytes; a page may have {limits.PAGE_BYTES:,}."
        raise too_large(Fault(code="page_too_large", message=message, hint="The limit is a part of the contract.", pointer=""))
    faults = []
    if b"\x00" in content and not content.startswith(_WIDE) and not (charset or "").startswith(("utf-16", "utf-32")):
        message = "The page holds the byte NUL, so it is no HTML text."
        faults.append(Fault(code="nul_character", message=message, hint="Send HTML, or name its charset if it is UTF-16.", pointer=""))
    if url is None and address is None:
        hint = "Send the address of the page as ?url= or in the header Content-Location, or PUT it under your own id."
        faults.append(Fault(code="missing_parameter", message="It is not said which page this is.", hint=hint, parameter="url"))
    fields: dict[str, Any] = {
        "content_form": ContentForm.PAGE,
        "content_sha256": identity.sha256_hex(content),
        "page_headers": _page_headers(headers),
    }
    return _addressed(fields, text="", url=url, source=source, address=address, accepted_at=accepted_at, faults=faults)


def read_dump(
    content: bytes,
    *,
    charset: str | None,
    url: str | None,
    source: str | None,
    accepted_at: datetime,
    address: Address | None = None,
) -> RawArticle:
    """The raw article of a page's visible text. Raises ProblemError."""
    text = _decoded(content, charset=charset or "utf-8")
    if not text or text.isspace():
        raise unparsable(Fault(code="empty_body", message="There is no text: the body is empty.", pointer=""))
    faults = []
    if "\x00" in text:
        message = "The text holds the character NUL."
        faults.append(Fault(code="nul_character", message=message, hint="Send text, in UTF-8 or with its charset named.", pointer=""))
    if len(text) > limits.TEXT_CHARACTERS:
        message = f"The text has {len(text):,} characters; a text may have {limits.TEXT_CHARACTERS:,}."
        raise too_large(Fault(code="too_long", message=message, hint="The limit is a part of the contract.", pointer=""))
    warnings: tuple[ArticleWarning, ...] = ()
    if url is None and source is None and address is None:
        message = "Neither ?source= nor ?url= says where the text is from."
        warnings = (ArticleWarning(code="source_unknown", message=message),)
        source = identity.UNKNOWN_SOURCE
    fields = {
        "content_form": ContentForm.PAGE_DUMP,
        "content_sha256": identity.sha256_hex(content),
        "body": text,
        "warnings": warnings,
    }
    return _addressed(fields, text=text, url=url, source=source, address=address, accepted_at=accepted_at, faults=faults)


def in_parameters(error: ProblemError) -> ProblemError:
    """The same problem, of fields that came as parameters and not in the body."""
    return invalid(
        [replace(fault, pointer=None, parameter=_parameter(fault.pointer)) if fault.pointer else fault for fault in error.problem.faults]
    )


def _parameter(pointer: str) -> str:
    if pointer == "/page_headers":
        return "headers"
    return pointer.removeprefix("/page_headers").removeprefix("/")


def _addressed(
    fields: dict[str, Any],
    *,
    text: str,
    url: str | None,
    source: str | None,
    address: Address | None,
    accepted_at: datetime,
    faults: list[Fault],
) -> RawArticle:
    place = {"source": source, "url": url}
    if address is not None:
        place |= {"source": address.source, "native_id": address.native_id}
    fields |= {name: value for name, value in place.items() if value is not None}
    try:
        return raw_article(fields, text=text, accepted_at=accepted_at, faults=faults)
    except ProblemError as error:
        raise in_parameters(error) from error


def _page_headers(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    kept: dict[str, str] = {}
    dropped = set(_NOT_OF_THE_PAGE)
    pairs = [(name.lower(), value) for name, value in headers]
    for name, value in pairs:
        if name == "connection":
            # A sender may declare more headers that end at the next hop (RFC 9110, 7.6.1).
            dropped |= {option.strip().lower() for option in value.split(",")}
    for name, value in pairs:
        if name not in dropped:
            kept[name] = f"{kept[name]}, {value}" if name in kept else value
    return kept


def _decoded(content: bytes, *, charset: str) -> str:
    try:
        codec = codecs.lookup(charset).name
    except (LookupError, ValueError):
        codec = ""
    if codec not in _CHARSETS:
        message = f"The charset {charset!r:.40} is not known."
        fault = Fault(code="unsupported_charset", message=message, hint="Send UTF-8.", parameter="content-type")
        raise unsupported(fault, headers={})
    try:
        return content.decode("utf-8-sig" if codec == "utf-8" else codec)
    except UnicodeDecodeError as error:
        message = f"The text is not {codec}: {error.reason} at byte {error.start}."
        hint = "Send UTF-8, or name the charset of the text in the header Content-Type."
        raise unparsable(Fault(code="bad_encoding", message=message, hint=hint, pointer="")) from error
