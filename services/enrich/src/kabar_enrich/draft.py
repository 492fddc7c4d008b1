"""The article while it is being read: each enricher takes a draft and returns a fuller one."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from kabar_contracts.disclosure.record import AiDisclosure
from kabar_contracts.enriched import Block, BlockKind, Caption, Dateline, Note, PageKind, Quote, Tags, Topic
from kabar_contracts.fields import ArticleWarning
from kabar_contracts.raw import RawArticle

from kabar_enrich.anatomy.origin import Origin
from kabar_enrich.sources.registry import Outlet

UNDETERMINED = "und"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is known so far. Only `raw`, `html`, `source_text` and `now` are there from the start."""

    raw: RawArticle
    html: str | None
    """The page decoded, when the article came as HTML."""
    source_text: str
    """All visible text as received, before any cleaning; for HTML the text of the whole page in reading order."""
    now: datetime
    """The time of this enrichment: relative dates and `assessed_at` are told from it, never from a clock."""
    outlet: Outlet | None = None
    """Who published it, where that is known."""
    title: str | None = None
    lead: str | None = None
    blocks: tuple[Block, ...] = ()
    section: str | None = None
    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    dateline: Dateline | None = None
    captions: tuple[Caption, ...] = ()
    quotes: tuple[Quote, ...] = ()
    notes: tuple[Note, ...] = ()
    language: str = UNDETERMINED
    country: str | None = None
    canonical_url: str | None = None
    page_kind: PageKind = PageKind.UNKNOWN
    published_at: datetime | None = None
    updated_at: datetime | None = None
    tags: Tags = field(default_factory=Tags)
    topics: tuple[Topic, ...] = ()
    ai_disclosure: AiDisclosure | None = None
    warnings: tuple[ArticleWarning, ...] = ()
    rules: dict[str, str] = field(default_factory=dict)
    """Rule set -> version, for the provenance."""

    @property
    def body(self) -> str:
        """The text of the article: every block but captions, joined by a blank line."""
        return "\n\n".join(block.text for block in self.blocks if block.kind is not BlockKind.CAPTION)

    def warned(self, code: str, message: str, *, pointer: str | None = None) -> "Draft":
        """The same draft with one more warning."""
        return replace(self, warnings=(*self.warnings, ArticleWarning(code=code, message=message, pointer=pointer)))


Enricher = Callable[[Draft], Draft]
"""A pure function: no I/O, no clock. It leaves alone what it does not know about."""


def origin_of(draft: Draft, *, language: str | None) -> Origin:
    """Where and when the article came from, for the reading of its dates; `language` is what its page says of itself."""
    outlet = draft.outlet
    zone = outlet.time_zone if outlet is not None else None
    return Origin(
        language=language or (outlet.language if outlet is not None else None),
        country=draft.country,
        zone=None if zone is None else ZoneInfo(zone),
        received_at=draft.raw.received_at,
    )
