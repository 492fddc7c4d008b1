"""The entry codec: how a message lies in a Redis stream.

An entry has flat fields that any client in any language can XADD and read; there is no envelope of a framework.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kabar_contracts import identity, limits

JSON: Final = "application/json"

DATA: Final = b"data"
CONTENT_TYPE: Final = b"content_type"
ARTICLE_ID: Final = b"article_id"
REVISION: Final = b"revision"
TRACEPARENT: Final = b"traceparent"
PAGE: Final = b"page"
PAGE_CONTENT_TYPE: Final = b"page_content_type"

_ARTICLE_ID: Final = re.compile(r"[0-9a-f]{32}")
_REVISION: Final = re.compile(r"[0-9]{1,16}")


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
    data = _bytes(fields, DATA, limit=limits.DATA_BYTES)
    if data is None:
        raise InvalidEntryError("data", "the field is missing")
    content_type = _text(fields, CONTENT_TYPE) or JSON
    if content_type != JSON:
        raise InvalidEntryError("content_type", f"{_shown(content_type)} is not {JSON}")
    return Entry(
        data=data,
        article_id=_article_id(fields),
        revision=_revision(fields),
        content_type=content_type,
        traceparent=_text(fields, TRACEPARENT),
        page=_bytes(fields, PAGE, limit=limits.PAGE_BYTES),
        page_content_type=_text(fields, PAGE_CONTENT_TYPE),
    )


def _article_id(fields: Mapping[bytes, bytes]) -> str:
    value = _text(fields, ARTICLE_ID)
    if value is None or not _ARTICLE_ID.fullmatch(value):
        raise InvalidEntryError("article_id", f"{_shown(value)} is not 32 lower-case hex characters")
    return value


def _revision(fields: Mapping[bytes, bytes]) -> int:
    value = _text(fields, REVISION)
    if value is None or not _REVISION.fullmatch(value) or int(value) > identity.LARGEST_REVISION:
        raise InvalidEntryError("revision", f"{_shown(value)} is not a whole number of milliseconds up to {identity.LARGEST_REVISION}")
    return int(value)


def _shown(value: str | None) -> str:
    return "a missing field" if value is None else repr(value[:80])


def _bytes(fields: Mapping[bytes, bytes], name: bytes, *, limit: int) -> bytes | None:
    value = fields.get(name)
    if value is not None and len(value) > limit:
        raise InvalidEntryError(name.decode(), f"{len(value)} bytes are more than {limit}")
    return value


def _text(fields: Mapping[bytes, bytes], name: bytes) -> str | None:
    value = fields.get(name)
    if value is None:
        return None
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidEntryError(name.decode(), "not UTF-8") from error
