"""What an element says of its content by its tag and its attributes: navigation, the article's body, not to be seen."""

import re
from functools import lru_cache
from typing import Final, NamedTuple

_CHROME: Final = frozenset(["nav", "footer", "aside", "form", "button", "menu", "dialog"])
_NEVER_CHROME: Final = frozenset({"html", "body", "main", "article"})
_CHROME_HINT: Final = re.compile(
    r"(?:^|[\s_-])(?:nav(?:bar|igation)?|menu|footer|sidebar|side-?bar|relat(?:ed|ion)|terkait|recommend\w*|rekomendasi|promo\w*|newsletter|subscri\w+|"
    r"comments?|komentar|disqus|shar(?:e|ing)\w*|social\w*|breadcrumbs?|advert\w*|ads?|adv|iklan|banner|cookies?|consent|popup|modal|widget|teasers?|"
    r"trending|popular|terpopuler|most-?read|tags?|tag-?list|topics?|author-?bio|read-?(?:also|more|next)|baca-?juga|lihat-?juga|outbrain|taboola|"
    r"correlated|more-?stories|toolbar|skip|disclaimer|copyright|inline-?link|link-?box|pagination|paging|sr-only|visually-hidden|screen-reader\w*)(?:$|[\s_-])",
    re.IGNORECASE,
)
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


_NOTHING: Final = Hints()
_CHROME_BY_TAG: Final = Hints(is_chrome=True)


def hints_of(tag: str, attributes: str) -> Hints:
    """The hints of an element; `attributes` as the parser writes them."""
    if not attributes:
        return _CHROME_BY_TAG if tag in _CHROME else _NOTHING
    values = dict(_ATTRIBUTE.findall(attributes, 0, ATTRIBUTE_CHARACTERS))
    if not values:
        return _CHROME_BY_TAG if tag in _CHROME else _NOTHING
    names = f"{values.get('class', '')} {values.get('id', '')}"[:HINT_CHARACTERS]
    named_chrome, named_body = _named(names)
    return Hints(
        is_chrome=tag in _CHROME or (named_chrome and tag not in _NEVER_CHROME),
        is_body=named_body or values.get("itemprop") == "articleBody",
        is_hidden="hidden" in values or ("style" in values and _HIDDEN_STYLE.search(values["style"]) is not None),
    )


@lru_cache(maxsize=8_192)
def _named(names: str) -> tuple[bool, bool]:
    """Whether class and id speak of chrome, and whether of the article's body. A site uses few of them again and again."""
    return _CHROME_HINT.search(names) is not None, _BODY_HINT.search(names) is not None
