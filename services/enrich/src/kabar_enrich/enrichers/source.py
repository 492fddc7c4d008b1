"""What the address of an article tells: who published it, in which country, in which section, and its canonical form.

Sources: `sources/sources.toml` for outlets that are known; the endings of domains (ISO 3166-1) for all others.
"""

from dataclasses import replace

from kabar_contracts import identity

from kabar_enrich.draft import UNDETERMINED, Draft
from kabar_enrich.markup.page import read_page
from kabar_enrich.sources.canonical import canonical_url
from kabar_enrich.sources.registry import country_of_host, outlet_of, section_of


def take_source(draft: Draft) -> Draft:
    """The draft with outlet, country, section, canonical address, and the outlet's language as a hint.

    The first of the enrichers: what a page or its producer says of itself replaces country, section and language later.
    An article without an address of the web has only what its `source` tells, when that is the host of an outlet.
    """
    host = _host(draft)
    if host is None:
        return draft
    outlet, url = outlet_of(host), draft.raw.url
    return replace(
        draft,
        outlet=outlet,
        country=(outlet.country if outlet is not None else None) or country_of_host(host),
        language=(outlet.language if outlet is not None else None) or UNDETERMINED,
        section=None if url is None else section_of(url, outlet=outlet),
        canonical_url=canonical_url(url, declared=_declared(draft)),
    )


def _host(draft: Draft) -> str | None:
    if draft.raw.url is None:
        source = draft.raw.source.lower().removeprefix("www.")
        return source if "." in source and source.isascii() and outlet_of(source) is not None else None
    try:
        return identity.host_of(draft.raw.url)
    except ValueError:
        return None


def _declared(draft: Draft) -> tuple[str | None, ...]:
    if draft.html is None:
        return ()
    page = read_page(draft.html)
    return page.canonical, page.meta_of("og:url")
