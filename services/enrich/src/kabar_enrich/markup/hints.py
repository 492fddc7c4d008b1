"""What an element says of its content by its tag and its attributes: navigation, the article's body, not to be seen."""

import re
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

_CHROME: Final = frozenset(["nav", "footer", "aside", "form", "button", "menu", "dialog"])
# A form may be around a whole page.
_ASIDE: Final = _CHROME - {"form", "menu", "button"}
_COMMENTS: Final = re.compile(r"comment|komentar|disqus|sidebar|related|terkait", re.IGNORECASE)
_NEVER_CHROME: Final = frozenset({"html", "body", "main", "article"})
_CHROME_WORDS: Final = """
    nav navbar navigation menu footer sidebar related relation terkait recommend recommended recommendation recommendations recommends
    rekomendasi promo promos promotion promotions newsletter newsletters subscribe subscription subscriptions subscriber subscribers
    comment comments komentar disqus share shares sharing sharebar social socials socialmedia breadcrumb breadcrumbs advert advertisement
    advertising advertorial ad ads adv iklan banner cookie cookies consent popup modal teaser teasers trending popular terpopuler
    tag tags taglist topic topics outbrain taboola correlated toolbar disclaimer copyright pagination paging infobox factbox paywall
    regwall piano signup signin login register registration bio biography tooltip toast lightbox poll quiz colophon offcanvas
    readmore readalso readnext bacajuga lihatjuga sideblock inlinelink linkbox skip dropdown
"""
_CHROME_PAIRS: Final = """
    side-bar most-read tag-list author-bio author-info author-card author-box about-author read-also read-more read-next baca-juga
    lihat-juga more-stories inline-link link-box sr-only visually-hidden screen-reader sign-up sign-in log-in fact-box info-box up-next
    see-also also-read also-like off-canvas video-description player-title
"""
_FIGURE_WORDS: Final = """
    caption captions figcaption credit credits image images imageembed photo photos picture pictures gallery slideshow carousel slider
    figure slides
"""
_FIGURE_NAMES: Final = frozenset(_FIGURE_WORDS.split())
_CHROME_NAMES: Final = frozenset(_CHROME_WORDS.split())
_CHROME_TWO: Final = frozenset(_CHROME_PAIRS.split())
_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_BODY_HINT: Final = re.compile(
    r"article-?_?_?(?:body|content|text)|story-?_?_?(?:body|content|text)|post-?(?:body|content|text)|entry-?content|detail__?body|read__content|"
    r"itp_bodycontent|content-?body|body-?(?:text|content)|txt-article|articleBody",
    re.IGNORECASE,
)
_HIDDEN_STYLE: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
# The parser writes attributes in one way: a space, the name, and the value in double quotes without `"`, `<` and `>`.
_ATTRIBUTE: Final = re.compile(r' (class|id|itemprop|hidden|style)="([^"]*)"')

HINT_CHARACTERS: Final = 400
ATTRIBUTE_CHARACTERS: Final = 4_000


class Hints(NamedTuple):
    """What tag and attributes of an element say."""

    is_chrome: bool = False
    """Navigation, promotion, comments or the like."""
    is_body: bool = False
    """It holds the article."""
    is_hidden: bool = False
    is_figure: bool = False
    """Pictures and what is written under them."""
    is_aside: bool = False
    """Chrome that may hold more text than the article: comments, or an element whose tag says that it is none."""


_NOTHING: Final = Hints()
_CHROME_BY_TAG: Final = Hints(is_chrome=True, is_aside=True)
_FORM: Final = Hints(is_chrome=True)


def hints_of(tag: str, attributes: str) -> Hints:
    """The hints of an element; `attributes` as the parser writes them."""
    if not attributes:
        return _by_tag(tag)
    values = dict(_ATTRIBUTE.findall(attributes, 0, ATTRIBUTE_CHARACTERS))
    if not values:
        return _by_tag(tag)
    names = f"{values.get('class', '')} {values.get('id', '')}"[:HINT_CHARACTERS]
    named_chrome, named_body, named_figure = _named(names)
    return Hints(
        is_chrome=tag in _CHROME or (named_chrome and tag not in _NEVER_CHROME),
        is_body=named_body or values.get("itemprop") == "articleBody",
        is_hidden="hidden" in values or ("style" in values and _HIDDEN_STYLE.search(values["style"]) is not None),
        is_figure=named_figure,
        is_aside=tag in _ASIDE or (named_chrome and _COMMENTS.search(names) is not None),
    )


def _by_tag(tag: str) -> Hints:
    if tag in _ASIDE:
        return _CHROME_BY_TAG
    return _FORM if tag in _CHROME else _NOTHING


@lru_cache(maxsize=8_192)
def _named(names: str) -> tuple[bool, bool, bool]:
    """Whether class and id speak of chrome, of the article's body, of pictures. A site uses few of them again and again."""
    is_body = _BODY_HINT.search(names) is not None
    words = list(map(str.lower, _WORD.findall(names)))
    is_chrome = not is_body and (
        not _CHROME_NAMES.isdisjoint(words) or any(f"{one}-{other}" in _CHROME_TWO for one, other in pairwise(words))
    )
    return is_chrome, is_body, not is_body and not _FIGURE_NAMES.isdisjoint(words)
