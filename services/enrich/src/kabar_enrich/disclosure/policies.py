"""Links to what a publisher says about its use of AI in general: kept with the record, never counted."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import urljoin, urlsplit

import re2  # type: ignore[import-untyped]  # ships no types
from kabar_contracts.disclosure.record import PolicyReference
from selectolax.lexbor import LexborHTMLParser

from kabar_enrich.markup.page import read_page
from kabar_enrich.markup.tree import tree_of

LINKS: Final = 2_000
"""Links of a page that are looked at."""
REFERENCES: Final = 5
_LONGEST_TEXT: Final = 120
_LONGEST_ADDRESS: Final = 2_000

_AI: Final = (
    r"(?:ai|a\.i\.|artificial[ -]intelligence|gen(?:erative)?[ -]?ai|ki|k[uü]nstliche[nr]?[ -]intelligenz|ia|"
    r"kecerdasan[ -](?:buatan|artifisial))"
)
_POLICY: Final = (
    r"(?:polic(?:y|ies)|guidelines?|principles|standards|statement|charter|code|transparency|kebijakan|pedoman|panduan|richtlinien?|leitlinien|"
    r"grunds[aä]tze|charte|politique|pol[ií]tica|principios|princ[ií]pios|linee[ -]guida|richtlijnen|beleid|retningslinjer|riktlinjer)"
)
_OF: Final = r"(?:[ _-](?:use|usage|ethics?|of|on|and|the|for|our|editorial|penggunaan|pemanfaatan|de|du|sur|l|d|der|zur|f[uü]r|use)){0,4}"
_NAMES_A_POLICY: Final = re2.compile(
    rf"(?i)(?:^|[^\pL\pN]){_AI}{_OF}[ _-]{_POLICY}(?:$|[^\pL])|(?:^|[^\pL\pN]){_POLICY}{_OF}[ _'-]{_AI}(?:$|[^\pL\pN])"
    r"|how (?:we|[a-z ]{2,30}) uses? (?:ai|artificial intelligence)|(?:our|notre|unser) use of (?:ai|artificial intelligence)"
)


def policies_of(html: str, *, page_url: str | None) -> tuple[PolicyReference, ...]:
    """The links of a page whose words or address name a policy on AI, in order, each address once."""
    page = read_page(html)
    # One search over all links, and over all words, since those of a link may be in several elements: nearly no page has such a link.
    if _NAMES_A_POLICY.search("\n".join([*page.links, *(segment.text for segment in page.segments)])) is None:
        return ()
    found: dict[str, None] = {}
    for href, words, last_part in _links(tree_of(html)):
        if _names_a_policy(words) or _names_a_policy(last_part):
            address = _absolute(href, page_url=page_url)
            if address is not None:
                found.setdefault(address)
        if len(found) >= REFERENCES:
            break
    return tuple(PolicyReference(url=address, scope_level="site") for address in found)


def _links(tree: LexborHTMLParser) -> Iterator[tuple[str, str, str]]:
    """The address of each link, its words, and the last part of the path."""
    for node in tree.css("a[href]")[:LINKS]:
        href = (node.attributes.get("href") or "").strip()
        if href and len(href) <= _LONGEST_ADDRESS:
            words = " ".join((node.text() or "")[: 2 * _LONGEST_TEXT].split())
            yield href, words, href.split("?", 1)[0].rsplit("#", 1)[0].rstrip("/").rsplit("/", 1)[-1]


def _names_a_policy(words: str) -> bool:
    """Whether the words are about little else: a headline such as «Parliament debates the bank's AI policy» is not."""
    found = _NAMES_A_POLICY.search(words) if len(words) <= _LONGEST_TEXT else None
    return found is not None and 2 * len(found.group()) >= len(words)


def _absolute(href: str, *, page_url: str | None) -> str | None:
    try:
        address = urljoin(page_url or "", href)
        return address if urlsplit(address).scheme in ("http", "https") else None
    except ValueError:
        return None
