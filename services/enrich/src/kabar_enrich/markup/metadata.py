"""What a page says of its article outside the text: JSON-LD first, then meta tags."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any, Final

from kabar_contracts import limits

from kabar_enrich.anatomy import moments
from kabar_enrich.anatomy.storable import one_line
from kabar_enrich.markup import json_ld
from kabar_enrich.markup.page import Page

_ARTICLE_TYPES_WORDS: Final = """
    Article NewsArticle ReportageNewsArticle AnalysisNewsArticle OpinionNewsArticle BackgroundNewsArticle
    AskPublicNewsArticle ReviewNewsArticle BlogPosting LiveBlogPosting AdvertiserContentArticle Report SatiricalArticle
    ScholarlyArticle TechArticle
"""
ARTICLE_TYPES: Final = frozenset(_ARTICLE_TYPES_WORDS.split())
_PUBLISHED_WORDS: Final = """
    article:published_time og:article:published_time article:published datepublished og:published_time pubdate publishdate
    publish-date publication_date date parsely-pub-date sailthru.date cxenseparse:recs:publishtime dc.date.issued dc.date
    dcterms.created content_publisheddate published_time_telegram
"""
_PUBLISHED: Final = tuple(_PUBLISHED_WORDS.split())
_UPDATED_WORDS: Final = """
    article:modified_time og:updated_time article:updated_time datemodified lastmod last-modified dcterms.modified dc.date.modified
"""
_UPDATED: Final = tuple(_UPDATED_WORDS.split())
_AUTHORS_WORDS: Final = """
    author article:author parsely-author sailthru.author dc.creator dcterms.creator byl content_author cxenseparse:author
"""
_AUTHORS: Final = tuple(_AUTHORS_WORDS.split())
_SECTIONS: Final = ["article:section", "parsely-section", "og:article:section", "cxenseparse:articlesection", "content_category", "section"]
_NO_NAME: Final = re.compile(r"https?:|www\.|\.(?:com|co|id|net|org)\b|[@{}<>]", re.IGNORECASE)
_BY: Final = re.compile(r"^(?:by|oleh|von|par|por|di|door|af|av)\s+(?=[A-Z])", re.IGNORECASE)
_SITE: Final = re.compile(r"\s+(?:[|–—·•»:]|-{1,2})\s+")  # noqa: RUF001  # dashes that sites put between title and name
_WORD: Final = re.compile(r"\w+")

SAME_TITLE: Final = 0.5
NAMES_IN_A_BYLINE: Final = 12


@dataclass(frozen=True, slots=True)
class Moments:
    """When an article was published and last changed, and the first time that named no zone."""

    published_at: datetime | None
    updated_at: datetime | None
    without_zone: str | None


def article_node(page: Page) -> json_ld.Node:
    """The JSON-LD object that describes the article; an empty one where the page has none."""
    candidates = [node for node in page.json_ld if json_ld.types_of(node) & ARTICLE_TYPES]
    return max(candidates, key=len, default={})


def article_body(node: json_ld.Node) -> str:
    """The text that the JSON-LD gives, or an empty string."""
    return json_ld.text_of(node.get("articleBody")) or ""


def description_of(page: Page, node: json_ld.Node) -> str:
    """The page's own summary of the article, or an empty string."""
    return _line(json_ld.text_of(node.get("description")) or page.meta_of("og:description", "description", "twitter:description")) or ""


def title_of(page: Page, node: json_ld.Node, *, headings: Iterable[str]) -> str | None:
    """The headline. `headings` are the texts of the page's `<h1>`: one of them when the metadata says much the same."""
    headline = _line(json_ld.text_of(node.get("headline")))
    open_graph = _line(page.meta_of("og:title", "twitter:title", "title"))
    named = [title for title in (headline, open_graph, page.title) if title]
    shown = [_line(text) for text in headings]
    for heading in shown:
        if heading and any(_overlap(heading, title) >= SAME_TITLE for title in named):
            return heading
    if not named:
        return next((heading for heading in shown if heading), None)
    site = _line(page.meta_of("og:site_name"))
    return headline or _without_site(open_graph or named[0], site=site)


def authors_of(page: Page, node: json_ld.Node) -> tuple[str, ...]:
    """The names of the authors, without addresses and without the publisher's own name."""
    publisher = {name.casefold() for name in (json_ld.text_of(node.get("publisher")), page.meta_of("og:site_name")) if name}
    for candidates in (_names_in(node.get("author")), _names_in(node.get("creator")), *(_meta_names(page, name) for name in _AUTHORS)):
        names = list(dict.fromkeys(name for text in candidates for name in _cleaned_names(text) if name.casefold() not in publisher))
        if names:
            return tuple(names[: limits.NAMES])
    return ()


def section_of(page: Page, node: json_ld.Node) -> str | None:
    """The section of the publication."""
    return _line(json_ld.text_of(node.get("articleSection")) or page.meta_of(*_SECTIONS))


def keywords_of(page: Page, node: json_ld.Node) -> tuple[str, ...]:
    """The publisher's keywords."""
    value = node.get("keywords")
    texts = [text for text in value if isinstance(text, str)] if isinstance(value, list) else [json_ld.text_of(value) or ""]
    if not any(texts):
        texts = [page.meta_of("news_keywords", "keywords", "parsely-tags", "content_tags") or ""]
    words = (one_line(word) for text in texts for word in re.split(r"[,;]", text))
    return tuple(dict.fromkeys(word for word in words if word and len(word) <= limits.NAME_CHARACTERS))[:20]


def moments_of(page: Page, node: json_ld.Node) -> Moments:
    """The times of publication and change. One without a zone is left out and told."""
    missing: list[str] = []

    def first(texts: Iterable[str | None]) -> datetime | None:
        for text in filter(None, texts):
            moment = moments.iso_moment(text)
            if moment is not None:
                return moment
            missing.append(text)
        return None

    published = first((json_ld.text_of(node.get("datePublished")), *(page.meta_of(name) for name in _PUBLISHED), *page.times[:1]))
    updated = first((json_ld.text_of(node.get("dateModified")), *(page.meta_of(name) for name in _UPDATED)))
    return Moments(published, updated, missing[0] if missing and published is None else None)


def _line(text: str | None) -> str | None:
    return None if text is None else one_line(_unescaped(text)) or None


def _unescaped(text: str) -> str:
    return unescape(text) if "&" in text else text


def _overlap(one: str, other: str) -> float:
    first, second = ({word.casefold() for word in _WORD.findall(text)} for text in (one, other))
    return len(first & second) / max(1, min(len(first), len(second))) if len(first) > 1 else float(first == second)


def _without_site(title: str, *, site: str | None) -> str:
    parts = _SITE.split(title)
    if len(parts) < 2:  # noqa: PLR2004  # a title and a site
        return title
    cut = title[: title.rindex(parts[-1])]
    cut = _SITE.split(cut + " ")[0] if len(parts) == 2 else _SITE.sub("", cut[::-1], count=1)[::-1]  # noqa: PLR2004  # a title and a site
    named = site is not None and parts[-1].casefold() == site.casefold()
    return cut.strip() if named or len(parts[-1].split()) <= 4 < len(cut.split()) else title  # noqa: PLR2004  # words of a site's name


def _names_in(value: Any) -> Iterator[str]:
    values = value if isinstance(value, list) else [value]
    for one in values[: limits.NAMES]:
        name = json_ld.text_of(one)
        if name is not None:
            yield name


def _meta_names(page: Page, name: str) -> list[str]:
    return [content for key, content in page.meta if key == name]


def _cleaned_names(text: str) -> Iterator[str]:
    cleaned = _BY.sub("", one_line(_unescaped(text)))
    for part in re.split(r"\s*(?:,|;|\||\band\b|\bdan\b|\s&\s)\s*", cleaned)[:NAMES_IN_A_BYLINE]:
        if part and len(part) <= limits.NAME_CHARACTERS and not _NO_NAME.search(part):
            yield part
