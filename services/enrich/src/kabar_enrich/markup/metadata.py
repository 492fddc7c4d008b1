"""What a page says of its article outside the text: JSON-LD first, then meta tags."""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any, Final

from kabar_contracts import limits

from kabar_enrich.anatomy.byline import is_job
from kabar_enrich.anatomy.storable import one_line
from kabar_enrich.markup import json_ld
from kabar_enrich.markup.page import Page

_ARTICLE_TYPES_WORDS: Final = """
    Article NewsArticle ReportageNewsArticle AnalysisNewsArticle OpinionNewsArticle BackgroundNewsArticle
    AskPublicNewsArticle ReviewNewsArticle BlogPosting LiveBlogPosting AdvertiserContentArticle Report SatiricalArticle
    ScholarlyArticle TechArticle
"""
ARTICLE_TYPES: Final = frozenset(_ARTICLE_TYPES_WORDS.split())
_AUTHORS_WORDS: Final = """
    author article:author parsely-author sailthru.author dc.creator dcterms.creator byl content_author cxenseparse:author
"""
_AUTHORS: Final = tuple(_AUTHORS_WORDS.split())
_SECTIONS: Final = ["article:section", "parsely-section", "og:article:section", "cxenseparse:articlesection", "content_category", "section"]
_NO_NAME: Final = re.compile(r"https?:|www\.|\.(?:com|co|id|net|org)\b|[@{}<>]", re.IGNORECASE)
_BY: Final = re.compile(r"^(?:by|oleh|von|par|por|di|door|af|av)\s+(?=[A-Z])", re.IGNORECASE)
_SITE: Final = re.compile(r"\s+(?:[|–—·•»:]|-{1,2})\s+")  # noqa: RUF001  # dashes that sites put between title and name
_WORD: Final = re.compile(r"\w+")
_SEPARATOR: Final = re.compile(r"\s*[,;|、]\s*")
_AND: Final = re.compile(r"\s+(?:and|dan|und|og|och|en|et|e|y|i|oraz|ja|a|và|&|и|і|ve)\s+")  # noqa: RUF001  # Ukrainian «and»
_SQUEEZE: Final = re.compile(r"[\W_]+")
_HOST: Final = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_ORGANISATIONS: Final = frozenset({"Organization", "NewsMediaOrganization", "Corporation"})

SAME_TITLE: Final = 0.5
LONG_TITLE: Final = 15
"""A heading of so many characters inside another title is the title itself; the rest is the site or a label."""
NAMES_IN_A_BYLINE: Final = 12


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
    """The headline: what the publisher gives out as the title (Open Graph, then JSON-LD), else the heading of the page.

    `headings` are the texts of the page's `<h1>`. The name of the site behind a title is no part of it: what a heading,
    the JSON-LD or the name of the site show to be an appendix is cut.
    """
    headline = _line(json_ld.text_of(node.get("headline")))
    shown = [heading for text in headings if (heading := _line(text))]
    site = _line(page.meta_of("og:site_name")) or _line(json_ld.text_of(node.get("publisher")))
    known = [title for title in (headline, *shown) if title]
    open_graph = _line(page.meta_of("og:title"))
    if open_graph and not (site and open_graph.casefold() == site.casefold()):
        folded = open_graph.casefold()
        inside = next((title for title in known if len(title) >= LONG_TITLE and title.casefold() in folded), None)
        return inside or _without_this_site(open_graph, site=site)
    if headline:
        return headline
    named = _line(page.meta_of("twitter:title", "title")) or _line(page.title)
    for heading in shown:
        if named is None or _overlap(heading, named) >= SAME_TITLE:
            return heading
    return None if named is None else _without_site(named, site=site)


def authors_of(page: Page, node: json_ld.Node) -> tuple[str, ...]:
    """The names of the authors, without addresses and without the publisher's own name."""
    publishers = _publishers(page, node)
    for candidates in _author_candidates(page, node):
        names = [name for name in _distinct(candidates) if name.casefold() not in publishers]
        if names:
            return tuple(names[: limits.NAMES])
    return ()


def publisher_as_author(page: Page, node: json_ld.Node) -> tuple[str, ...]:
    """The publisher, where the page names it, and nobody else, as the author."""
    publishers = _publishers(page, node)
    for candidates in _author_candidates(page, node):
        names = [name for name in _distinct(candidates, allow_hosts=True) if name.casefold() in publishers or "." in name]
        if names:
            return tuple(names[:1])
    return ()


def _publishers(page: Page, node: json_ld.Node) -> frozenset[str]:
    names = (json_ld.text_of(node.get("publisher")), page.meta_of("og:site_name"))
    people = [one for one in _people(page, node) if isinstance(one, dict)]
    organisations = [one.get("name") for one in people if json_ld.types_of(one) & _ORGANISATIONS]
    site = _SQUEEZE.sub("", page.canonical or page.meta_of("og:url") or "").casefold()
    own = (name for name in organisations if isinstance(name, str) and _SQUEEZE.sub("", name).casefold() in site)
    return frozenset(name.strip().casefold() for name in (*names, *own) if isinstance(name, str))


def _author_candidates(page: Page, node: json_ld.Node) -> Iterator[list[str]]:
    yield [name for one in _people(page, node) if (name := json_ld.text_of(one))]
    yield list(_names_in(node.get("creator")))
    for name in _AUTHORS:
        yield _meta_names(page, name)


def _people(page: Page, node: json_ld.Node) -> list[object]:
    """The authors, those that stand elsewhere in the JSON-LD looked up by their `@id`."""
    value = node.get("author")
    people = (value if isinstance(value, list) else [value])[: limits.NAMES]
    if not any(isinstance(one, dict) and not one.get("name") for one in people):
        return people
    by_id = {other["@id"]: other for other in page.json_ld if isinstance(other.get("@id"), str) and other.get("name")}
    return [by_id.get(str(one.get("@id")), one) if isinstance(one, dict) and not one.get("name") else one for one in people]


def _distinct(texts: Iterable[str], *, allow_hosts: bool = False) -> list[str]:
    names = list(dict.fromkeys(name for text in texts for name in _cleaned_names(text, allow_hosts=allow_hosts)))
    return [name for name in names if not is_job(name)] or names


def editors_of(node: json_ld.Node) -> tuple[str, ...]:
    """The names of the editors that the JSON-LD gives."""
    return tuple(_distinct(_names_in(node.get("editor")))[: limits.NAMES])


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


def _line(text: str | None) -> str | None:
    return None if text is None else one_line(_unescaped(text)) or None


def _unescaped(text: str) -> str:
    return unescape(text) if "&" in text else text


def _overlap(one: str, other: str) -> float:
    first, second = ({word.casefold() for word in _WORD.findall(text)} for text in (one, other))
    return len(first & second) / max(1, min(len(first), len(second))) if len(first) > 1 else float(first == second)


def _without_this_site(title: str, *, site: str | None) -> str:
    """`title` without the name of the site behind or before it."""
    if site is None:
        return title
    for mark in _SITE.finditer(title):
        if title[mark.end() :].casefold() == site.casefold():
            return title[: mark.start()]
        if title[: mark.start()].casefold() == site.casefold():
            return title[mark.end() :]
    return title


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


def _cleaned_names(text: str, *, allow_hosts: bool = False) -> Iterator[str]:
    cleaned = _BY.sub("", one_line(_unescaped(text)))
    for part in _SEPARATOR.split(cleaned)[:NAMES_IN_A_BYLINE]:
        for name in _parted(part):
            if not 0 < len(name) <= limits.NAME_CHARACTERS or not any(map(str.isalpha, name)):
                continue
            if not _NO_NAME.search(name) or (allow_hosts and _HOST.fullmatch(name)):
                yield name


def _parted(part: str) -> list[str]:
    """«Jane Doe und Max Roe» are two; «Bill and Melinda Gates Foundation» and «Johnson & Johnson» are one."""
    halves = _AND.split(part)
    return halves if len(halves) > 1 and all(len(half.split()) > 1 for half in halves) else [part]
