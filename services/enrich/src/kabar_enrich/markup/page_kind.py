"""What kind of page it is: by its data, its address, its words for errors, walls and live coverage, and how much text it has.

A kind other than article needs a sign of its own: where nothing tells, a page with running text is an article.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from kabar_contracts.enriched import PageKind

from kabar_enrich.markup import json_ld
from kabar_enrich.markup.kind_words import IS_ERROR, LIVE_TITLE, MAY_BE_ERROR, NAMES_ERROR, WALL
from kabar_enrich.markup.page import Page
from kabar_enrich.markup.walk import Segment

STUB_CHARACTERS: Final = 900
"""A page with less text of an article than this may be an error or the beginning of an article behind a wall."""
FRONT_CHARACTERS: Final = 400
PICTURES_OF_A_GALLERY: Final = 4
ENTRIES_OF_A_LIVE_BLOG: Final = 4
TEASERS_OF_A_FRONT: Final = 6
"""So many headings that are links are a list of articles."""
RUN_OF_A_TEASER: Final = 2
"""Paragraphs below the heading of a teaser; an article has more in a row."""
PARAGRAPH_CHARACTERS: Final = 60
LINKED: Final = 0.8
"""Share of its characters in links from which a heading is one."""
HEADING_WORDS: Final = 3
WALL_CHARACTERS: Final = 200
"""A notice of a wall is short; longer text speaks of walls."""
PARTS_OF_A_PATH: Final = 12

_APART: Final = "\x00"
"""Between texts that are searched together: no phrase goes on over it, and no text has it."""

_GALLERIES: Final = frozenset({"ImageGallery", "MediaGallery", "Gallery"})
_FRONTS: Final = frozenset({"CollectionPage", "ItemList", "SearchResultsPage", "ProfilePage"})
_HEADINGS: Final = frozenset({"h2", "h3", "h4"})

_SITE: Final = re.compile(r"\s+[|–—·•»:-]+\s+")  # noqa: RUF001  # dashes that sites put between title and name

_LOCKED: Final = frozenset({"locked", "paid", "premium", "subscriber", "subscribers"})

_FRONT_ADDRESS: Final = re.compile(
    r"https?://[^/]+/?(?:(?:[a-z]{2}(?:[-_][a-z]{2})?|home|index)/?)?(?:index\.\w+)?(?:\?utm_[^#]*)?(?:#.*)?", re.IGNORECASE
)
_LISTS_WORDS: Final = """
    tag tags topic topics topik category categories kategori author authors penulis search cari pencarian indeks etiqueta etiquetas autor
"""
_LISTS: Final = frozenset(_LISTS_WORDS.split())
_GALLERY_WORDS: Final = """
    gallery galleries galeri galeri-foto foto photo photos photo-gallery picture-gallery pictures in-pictures slideshow slideshows
    fotostrecke bildergalerie fotogalerie diaporama galeria fotogaleria fotogalleria infografis
"""
_GALLERY_PARTS: Final = frozenset(_GALLERY_WORDS.split())
_VIDEO_WORDS: Final = """
    video videos watch vidio
"""
_VIDEO_PARTS: Final = frozenset(_VIDEO_WORDS.split())
_LIVE_PART: Final = re.compile(r"(?:live-?(?:blog|updates?|ticker|report)?|liveticker|as-it-happened)", re.IGNORECASE)
_CLOCK: Final = re.compile(
    r"\W*\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?\s*(?:[ap]\.?m\.?)?\s*(?:[A-Z]{2,5}|Uhr)?\W*|\W*\d{1,2} ?(?:min|m|h|hr)s? ago\W*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What tells the kind of a page."""

    titles: Sequence[str]
    """Its title and its main headings."""
    types: frozenset[str]
    """All `@type` of its JSON-LD."""
    open_graph_type: str
    names_an_article: bool
    """Whether its JSON-LD describes an article."""
    is_walled: bool
    """Whether its data or a notice in sight say that the rest is for subscribers."""
    characters: int
    """Of the body that was found."""
    address: str
    parts: frozenset[str]
    """The parts of the path of the address but the last."""
    pictures: int
    """Captions of figures."""
    times: int
    """Pieces of text that are a time of the day and nothing else."""
    teasers: int
    """Headings that are links."""
    longest_run: int
    """Paragraphs that follow each other without such a heading between."""

    @property
    def has_little_text(self) -> bool:
        """Whether the page may be something else than an article for its length."""
        return self.characters < STUB_CHARACTERS

    @property
    def says_article(self) -> bool:
        """Whether its data say that it is one."""
        return self.names_an_article or self.open_graph_type == "article"

    @property
    def has_no_article(self) -> bool:
        """Whether neither its text nor its data speak of an article."""
        return not self.names_an_article and self.characters < FRONT_CHARACTERS


def _is_error(page: Signs) -> bool:
    if page.says_article:
        return False
    halves = [half for title in page.titles for half in _SITE.split(title)]
    if any(map(IS_ERROR.fullmatch, halves)):
        return True
    return page.has_little_text and (any(map(MAY_BE_ERROR.fullmatch, halves)) or any(map(NAMES_ERROR.search, page.titles)))


def _is_live(page: Signs) -> bool:
    if "LiveBlogPosting" in page.types:
        return True
    says_so = any(map(LIVE_TITLE.search, page.titles)) or any(map(_LIVE_PART.fullmatch, page.parts))
    return says_so and page.times >= ENTRIES_OF_A_LIVE_BLOG


def _is_front(page: Signs) -> bool:
    is_article_alone = page.says_article and page.longest_run > RUN_OF_A_TEASER
    if _FRONT_ADDRESS.fullmatch(page.address) and not is_article_alone:
        return True
    if page.says_article:
        return False
    if page.types & _FRONTS or page.parts & _LISTS:
        return page.characters < FRONT_CHARACTERS or page.longest_run <= RUN_OF_A_TEASER
    return page.teasers >= TEASERS_OF_A_FRONT and page.longest_run <= RUN_OF_A_TEASER


def _is_gallery(page: Signs) -> bool:
    if page.has_no_article and page.types & _GALLERIES:
        return True
    says_so = bool(page.types & _GALLERIES or page.parts & _GALLERY_PARTS)
    return says_so and page.has_little_text and (page.pictures >= PICTURES_OF_A_GALLERY or page.has_no_article)


def _is_video(page: Signs) -> bool:
    shows_one = "VideoObject" in page.types or page.open_graph_type.startswith("video")
    if page.has_no_article and shows_one:
        return True
    return shows_one and page.has_little_text and bool(page.parts & _VIDEO_PARTS)


def _is_article(page: Signs) -> bool:
    return page.says_article or page.characters >= FRONT_CHARACTERS


_TESTS: Final[tuple[tuple[PageKind, Callable[[Signs], bool]], ...]] = (
    (PageKind.ERROR, _is_error),
    (PageKind.LIVE_BLOG, _is_live),
    (PageKind.FRONT, _is_front),
    (PageKind.GALLERY, _is_gallery),
    (PageKind.VIDEO, _is_video),
    (PageKind.PAYWALL_STUB, lambda page: page.has_little_text and page.is_walled),
    (PageKind.ARTICLE, _is_article),
)


def page_kind_of(page: Page, node: json_ld.Node, *, url: str | None, characters: int) -> PageKind:
    """The kind of the page; `node` is the JSON-LD of its article, `characters` the length of the body that was found."""
    signs = signs_of(page, node, url=url, characters=characters)
    return next((kind for kind, is_kind in _TESTS if is_kind(signs)), PageKind.UNKNOWN)


def signs_of(page: Page, node: json_ld.Node, *, url: str | None, characters: int) -> Signs:
    """What the page shows of its kind."""
    seen = [segment for segment in page.segments if not segment.is_hidden]
    teasers = [segment.tag in _HEADINGS and _is_teaser(segment) for segment in seen]
    return Signs(
        titles=[title for title in (page.title, *(segment.text for segment in seen if segment.tag == "h1")) if title],
        types=frozenset(name for other in page.json_ld for name in json_ld.types_of(other)),
        open_graph_type=(page.meta_of("og:type") or "").lower(),
        names_an_article=bool(node),
        is_walled=_is_walled(page, node),
        characters=characters,
        address=url or "",
        parts=_parts_of(url),
        pictures=sum(segment.tag == "figcaption" for segment in seen),
        times=sum(len(segment.text) <= len("at 10:15:00 AM WITA.") and _CLOCK.fullmatch(segment.text) is not None for segment in seen),
        teasers=sum(teasers),
        longest_run=_longest_run(seen, teasers=teasers),
    )


def _is_teaser(segment: Segment) -> bool:
    return segment.link_characters >= LINKED * len(segment.text) and len(segment.text.split()) >= HEADING_WORDS


def _longest_run(segments: Sequence[Segment], *, teasers: Sequence[bool]) -> int:
    longest = run = 0
    for segment, is_teaser in zip(segments, teasers, strict=True):
        if is_teaser:
            run = 0
        elif len(segment.text) >= PARAGRAPH_CHARACTERS and segment.link_characters * 2 < len(segment.text):
            run += 1
            longest = max(longest, run)
    return longest


def _parts_of(url: str | None) -> frozenset[str]:
    """All but the last, which names the article; a subdomain counts too: `foto.tempo.co`, `video.detik.com`."""
    try:
        address = urlsplit(url or "")
        host = address.hostname or ""
    except ValueError:
        return frozenset()
    parts = [part for part in address.path.lower().split("/", PARTS_OF_A_PATH)[:PARTS_OF_A_PATH] if part]
    return frozenset((*parts[:-1], host.partition(".")[0]))


def _is_walled(page: Page, node: json_ld.Node) -> bool:
    if str(node.get("isAccessibleForFree", "")).lower() == "false":
        return True
    if (page.meta_of("article:content_tier", "content_tier") or "").lower() in _LOCKED:
        return True
    notices = (segment.text for segment in page.segments if not segment.is_hidden and len(segment.text) <= WALL_CHARACTERS)
    return WALL.search(_APART.join(notices)) is not None
