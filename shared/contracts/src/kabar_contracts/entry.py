"""The entry codec: how a message lies in a Redis stream.

An entry has flat fields that any client in any language can XADD and read; there is no envelope of a framework.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

JSON: Final = "application/json"

DATA: Final = b"data"
CONTENT_TYPE: Final = b"content_type"
ARTICLE_ID: Final = b"article_id"
REVISION: Final = b"revision"
TRACEPARENT: Final = b"traceparent"
PAGE: Final = b"page"
PAGE_CONTENT_TYPE: Final = b"page_content_type"


class InvalidEntryError(ValueError):
    """An entry does not follow the contract. `field` names the field, the message says what is wrong."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The fields of one entry."""

    data: bytes
    """The message as JSON in UTF-8."""
    article_id: str
    revision: int
    content_type: str = JSON
    traceparent: str | None = None
    """W3C trace context."""
    page: bytes | None = None
    """A pushed page's bytes as received: charset detection needs the bytes."""
    page_content_type: str | None = None


def encode(entry: Entry) -> dict[bytes, bytes]:
    """The fields to XADD."""
    fields = {
        DATA: entry.data,
        CONTENT_TYPE: entry.content_type.encode(),
        ARTICLE_ID: entry.article_id.encode(),
        REVISION: b"%d" % entry.revision,
    }
    if entry.traceparent is not None:
        fields[TRACEPARENT] = entry.traceparent.encode()
    if entry.page is not None:
        fields[PAGE] = entry.page
        fields[PAGE_CONTENT_TYPE] = (entry.page_content_type or "text/html").encode()
    return fields


def decode(fields: Mapping[bytes, bytes]) -> Entry:
    """The entry in these fields; unknown fields are ignored. Raises InvalidEntryError."""
    data = fields.get(DATA)
    if data is None:
        raise InvalidEntryError("data", "the field is missing")
    content_type = _text(fields, CONTENT_TYPE) or JSON
    if content_type != JSON:
        raise InvalidEntryError("content_type", f"{content_type!r} is not {JSON}")
    revision = _text(fields, REVISION)
    if revision is None or not (revision.isascii() and revision.isdigit() and len(revision) <= 16):  # noqa: PLR2004  # digits of 2**52
        raise InvalidEntryError("revision", f"{revision!r} is not a whole number of milliseconds")
    return Entry(
        data=data,
        article_id=_text(fields, ARTICLE_ID) or "",
        revision=int(revision),
        content_type=content_type,
        traceparent=_text(fields, TRACEPARENT),
        page=fields.get(PAGE),
        page_content_type=_text(fields, PAGE_CONTENT_TYPE),
    )


def _text(fields: Mapping[bytes, bytes], name: bytes) -> str | None:
    value = fields.get(name)
    if value is None:
        return None
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidEntryError(name.decode(), "not UTF-8") from error
