"""What kind of page it is, as far as page and address say so reliably."""

import re
from dataclasses import dataclass
from typing import Final

from kabar_contracts.enriched import PageKind

from kabar_enrich.markup import json_ld
from kabar_enrich.markup.page import Page

STUB_CHARACTERS: Final = 900
"""A page with less text of an article than this may be an error or the beginning of an article behind a wall."""
FRONT_CHARACTERS: Final = 400

_GALLERIES: Final = frozenset({"ImageGallery", "MediaGallery", "Gallery"})
_FRONTS: Final = frozenset({"CollectionPage", "ItemList", "SearchResultsPage"})
_ERROR_TITLE: Final = re.compile(
    r"\b(?:404|403|500|502|503)\b|(?:page|halaman) (?:not found|tidak ditemukan)|not found|access denied|forbidden|just a moment|"
    r"attention required|are you a (?:robot|human)|service unavailable",
    re.IGNORECASE,
)
_FRONT_ADDRESS: Final = re.compile(r"https?://[^/]+/?(?:index\.\w+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What tells the kind of a page."""

    title: str
    types: frozenset[str]
    """All `@type` of its JSON-LD."""
    open_graph_type: str
    names_an_article: bool
    """Whether its JSON-LD describes an article."""
    is_free: bool
    characters: int
    """Of the body that was found."""
    url: str

    @property
    def has_little_text(self) -> bool:
        """Whether the page may be something else than an article for its length."""
        return self.characters < STUB_CHARACTERS

    @property
    def has_no_article(self) -> bool:
        """Whether neither its text nor its data speak of an article."""
        return not self.names_an_article and self.characters < FRONT_CHARACTERS


_TESTS: Final = (
    (PageKind.ERROR, lambda page: page.has_little_text and not page.names_an_article and _ERROR_TITLE.search(page.title)),
    (PageKind.LIVE_BLOG, lambda page: "LiveBlogPosting" in page.types),
    (PageKind.FRONT, lambda page: _FRONT_ADDRESS.fullmatch(page.url)),
    (PageKind.PAYWALL_STUB, lambda page: page.has_little_text and not page.is_free),
    (PageKind.GALLERY, lambda page: page.has_no_article and page.types & _GALLERIES),
    (PageKind.VIDEO, lambda page: page.has_no_article and ("VideoObject" in page.types or page.open_graph_type.startswith("video"))),
    (PageKind.FRONT, lambda page: page.has_no_article and page.types & _FRONTS and page.open_graph_type != "article"),
    (PageKind.ARTICLE, lambda page: page.names_an_article or page.open_graph_type == "article" or not page.has_little_text),
)


def page_kind_of(page: Page, node: json_ld.Node, *, url: str | None, characters: int) -> PageKind:
    """The kind of the page; `node` is the JSON-LD of its article, `characters` the length of the body that was found."""
    signs = Signs(
        title=page.title or "",
        types=frozenset(name for other in page.json_ld for name in json_ld.types_of(other)),
        open_graph_type=(page.meta_of("og:type") or "").lower(),
        names_an_article=bool(node),
        is_free=str(node.get("isAccessibleForFree", "")).lower() != "false",
        characters=characters,
        url=url or "",
    )
    return next((kind for kind, is_kind in _TESTS if is_kind(signs)), PageKind.UNKNOWN)
