"""The enriched article: clean text, tags, and the record of what the article says about AI."""

import datetime as dt
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, JsonValue, model_validator

from kabar_contracts import identity
from kabar_contracts.disclosure.record import AiDisclosure
from kabar_contracts.fields import (
    ArticleId,
    ArticleStatus,
    ArticleWarning,
    Country,
    Language,
    Message,
    NativeId,
    Revision,
    Sha256,
    Source,
    Url,
    UtcTime,
)


class PageKind(StrEnum):
    """What kind of page an article was found on. Only `article` and `live_blog` read as articles."""

    ARTICLE = "article"
    LIVE_BLOG = "live_blog"
    GALLERY = "gallery"
    VIDEO = "video"
    FRONT = "front"
    PAYWALL_STUB = "paywall_stub"
    ERROR = "error"
    UNKNOWN = "unknown"


class BlockKind(StrEnum):
    """What a block of text is."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    QUOTE = "quote"
    LIST = "list"
    CAPTION = "caption"


class Block(Message):
    """One piece of an article, in reading order."""

    kind: BlockKind
    text: Annotated[str, Field(min_length=1)]


class Dateline(Message):
    """The opening «SOURCE, Place, Date -» of a news text."""

    place: str | None = None
    date: dt.date | None = None
    source: str | None = None


class Caption(Message):
    """The text under a picture and who made the picture."""

    text: str
    credit: str | None = None


class Quote(Message):
    """Direct speech, without its quotation marks."""

    text: str
    speaker: str | None = None


class NoteKind(StrEnum):
    """What a newsroom's note on its own article is for."""

    CORRECTION = "correction"
    """Something printed was wrong and is put right."""
    UPDATE = "update"
    """The article was changed or grew after it came out."""
    CLARIFICATION = "clarification"
    """Something printed was true but could be misread."""
    EDITOR = "editor"
    """Anything else that the newsroom says of the article."""


class Note(Message):
    """A newsroom's note on its own article, whole, with its label."""

    kind: NoteKind
    text: Annotated[str, Field(min_length=1)]


class Tag(Message):
    """A name or word that an article is about."""

    name: Annotated[str, Field(min_length=1)]
    score: float | None = None
    """Weight within this article, 1 for the first. Not comparable between articles."""


class Tags(Message):
    """What an article names."""

    keywords: tuple[Tag, ...] = ()
    people: tuple[Tag, ...] = ()
    places: tuple[Tag, ...] = ()
    organisations: tuple[Tag, ...] = ()


class Topic(Message):
    """An IPTC Media Topic (vocabulary © IPTC, CC BY 4.0)."""

    code: Annotated[str, Field(pattern=r"^medtop:[0-9]{8}$")]
    name: str
    score: float


class Provenance(Message):
    """What made this enriched article, so that it can be made again and improved."""

    enricher_version: str
    generation: Annotated[int, Field(ge=0, lt=identity.GENERATIONS)]
    """Grows with each release of the enricher whose output differs."""
    rules: dict[str, str] = Field(default_factory=dict)
    """Name of a rule set -> its version."""
    models: dict[str, str] = Field(default_factory=dict)
    """Name of a model -> its version."""


class EnrichedArticle(Message):
    """One revision of an article, read. A canceled one is a tombstone: it has no text and no disclosure record."""

    schema_version: Literal[1] = 1
    article_id: ArticleId
    revision: Revision
    status: ArticleStatus
    reason: str | None = None
    """Why it was taken down or withheld, when the producer says so."""
    source: Source
    native_id: NativeId | None = None
    url: Url | None = None
    canonical_url: Url | None = None
    page_kind: PageKind = PageKind.UNKNOWN
    title: str | None = None
    lead: str | None = None
    body: str = ""
    """Headings and paragraphs of the article, joined by a blank line; no chrome, captions or promotion."""
    blocks: tuple[Block, ...] = ()
    source_text: str = ""
    """All visible text as received, before any cleaning. Evidence offsets count its Unicode code points."""
    text_sha256: Sha256
    """Of `source_text` in UTF-8."""
    content_sha256: Sha256
    """Of the article as the producer sent it."""
    section: str | None = None
    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    dateline: Dateline | None = None
    captions: tuple[Caption, ...] = ()
    quotes: tuple[Quote, ...] = ()
    notes: tuple[Note, ...] = ()
    """Corrections, updates and other notes of the newsroom, in the order of the page. `body` has none but those that also tell news."""
    language: Language = "und"
    country: Country | None = None
    published_at: UtcTime | None = None
    updated_at: UtcTime | None = None
    received_at: UtcTime
    enriched_at: UtcTime
    tags: Tags = Tags()
    topics: tuple[Topic, ...] = ()
    story_id: str | None = None
    ai_disclosure: AiDisclosure | None = None
    warnings: tuple[ArticleWarning, ...] = ()
    provenance: Provenance
    extra: dict[str, JsonValue] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _text_is_what_it_says(self) -> Self:
        if self.text_sha256 != identity.sha256_hex(self.source_text.encode("utf-8")):
            message = "text_sha256 is not the SHA-256 of source_text"
            raise ValueError(message)
        if self.status is ArticleStatus.CANCELED and any(
            (
                self.source_text,
                self.title,
                self.lead,
                self.body,
                self.blocks,
                self.captions,
                self.quotes,
                self.notes,
                self.ai_disclosure,
                self.extra,
            )
        ):
            message = "a canceled article carries no text"
            raise ValueError(message)
        if self.ai_disclosure is not None:
            self.ai_disclosure.check_against(self.source_text, text_sha256=self.text_sha256)
        return self
