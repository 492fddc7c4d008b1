"""The raw article: what a producer sent, accepted and given an id, but not yet read."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from kabar_contracts import limits
from kabar_contracts.fields import (
    ArticleId,
    ArticleStatus,
    ArticleWarning,
    Country,
    Language,
    Message,
    Name,
    NativeId,
    Revision,
    Sha256,
    Source,
    Url,
    UtcTime,
)

HeaderValue = Annotated[str, Field(max_length=limits.HEADER_CHARACTERS)]
Names = Annotated[tuple[Name, ...], Field(max_length=limits.NAMES)]


class ContentForm(StrEnum):
    """In which form the text of a raw article came."""

    ARTICLE = "article"
    """`body` is the text of the article and nothing else."""
    PAGE_DUMP = "page_dump"
    """`body` is all the visible text of a page, navigation included."""
    HTML = "html"
    """`html` is a page or a part of one, already decoded."""
    PAGE = "page"
    """The entry's field `page` holds the bytes of an HTML page as received."""
    NONE = "none"
    """No text: a takedown."""


class ProducerDisclosure(Message):
    """What a producer declares about the use of AI, as it was written."""

    name: Annotated[str, Field(min_length=1, max_length=limits.NAME_CHARACTERS)]
    """The field it stood in, for example `digitalSourceType`."""
    value: JsonValue
    vocabulary: Annotated[str, Field(max_length=limits.URL_CHARACTERS)] | None = None
    """URI or name of the vocabulary `value` is from, when the producer says so."""


class RawArticle(Message):
    """One accepted revision of an article. Whatever the producer sent is kept; unknown fields lie in `extra`."""

    schema_version: Literal[1] = 1
    article_id: ArticleId
    revision: Revision
    """UTC milliseconds; see `identity.revision`."""
    status: ArticleStatus = ArticleStatus.USABLE
    content_form: ContentForm
    source: Source
    native_id: NativeId | None = None
    url: Url | None = None
    title: Annotated[str, Field(max_length=limits.TITLE_CHARACTERS)] | None = None
    lead: Annotated[str, Field(max_length=limits.LEAD_CHARACTERS)] | None = None
    body: Annotated[str, Field(max_length=limits.TEXT_CHARACTERS)] | None = None
    html: Annotated[str, Field(max_length=limits.TEXT_CHARACTERS)] | None = None
    section: Name | None = None
    authors: Names = ()
    editors: Names = ()
    keywords: Names = ()
    language: Language | None = None
    country: Country | None = None
    published_at: UtcTime | None = None
    updated_at: UtcTime | None = None
    received_at: UtcTime
    """When `ingest` accepted it."""
    producer_disclosure: Annotated[tuple[ProducerDisclosure, ...], Field(max_length=limits.PRODUCER_DISCLOSURES)] = ()
    page_headers: Annotated[dict[str, HeaderValue], Field(max_length=limits.HEADERS)] = Field(default_factory=dict)
    """HTTP headers that came with a page, names in lower case."""
    reason: Annotated[str, Field(max_length=limits.REASON_CHARACTERS)] | None = None
    """Why an article was taken down or withheld."""
    content_sha256: Sha256 | None = None
    """Of the article as the producer sent it: the bytes of its JSON object (one NDJSON line) or of its page."""
    warnings: tuple[ArticleWarning, ...] = ()
    extra: dict[str, JsonValue] = Field(default_factory=dict)
