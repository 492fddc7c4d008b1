"""Outlets of news: who publishes under a host, in which country, language and time zone, and what its sections are.

The facts are in `sources.toml`: public ones, from what the outlets say of themselves. What a host belongs to is decided
by the Public Suffix List (publicsuffix.org, MPL 2.0), so that `evil-kompas.com` and `kompas.com.evil.net` are not Kompas.
"""

import re
import tomllib
import zoneinfo
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib import resources
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit

from kabar_contracts import identity
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

FILE: Final = "sources.toml"
HOSTS: Final = 4_096
"""Hosts that are remembered: articles come from few."""
PARTS: Final = 8
"""How many parts of a path are looked at for a section."""

Revisions = Literal["overwrites", "appends", "new_address"]
"""How an article changes: its text is replaced without a word; replaced with a note of what was changed; or published anew."""

Section = Literal[
    "politics", "national", "world", "regional", "business", "sport", "technology", "science", "environment", "health", "culture",
    "entertainment", "lifestyle", "travel", "automotive", "education", "law", "opinion", "religion",
]  # fmt: skip

# What stands before a section in a path and says nothing.
_BEFORE_SECTIONS_WORDS: Final = """
    news berita read artikel article articles nachrichten noticias actualites actualite nyheter nieuws haber amp en id de fr
    es ms story stories section
"""
_BEFORE_SECTIONS: Final = frozenset(_BEFORE_SECTIONS_WORDS.split())
_PART: Final = re.compile(r"[a-z][a-z-]{0,39}")
# Country code domains that are sold as if they were generic.
_GENERIC_WORDS: Final = """
    ai am cc co fm gg io is la ly me nu sh so st to tv ws eu
"""
_GENERIC: Final = frozenset(_GENERIC_WORDS.split())
_COUNTRY_OF_ENDING: Final = {"uk": "GB"}
_COUNTRY_CODE_LETTERS: Final = 2


# To list the zones takes milliseconds: the files of the database are walked through.
_zones = cache(zoneinfo.available_timezones)


def _known_zone(name: str) -> str:
    if name not in _zones():
        raise ValueError(f"{name!r} is no time zone of the IANA database")
    return name


class Outlet(BaseModel):
    """One publisher and what is known of it. Every fact but name and domains may be missing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=80)]
    domains: Annotated[tuple[Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")], ...], Field(min_length=1)]
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    """ISO 3166-1 alpha-2."""
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")] | None = None
    """BCP 47; None where it publishes in several."""
    time_zone: Annotated[str, AfterValidator(_known_zone)] | None = None
    """IANA name: what a time on its pages means that names no zone."""
    revisions: Revisions | None = None
    page_parameters: tuple[str, ...] = ()
    """Names in the query that turn the pages of one article."""
    sections: Mapping[str, Section] = Field(default_factory=dict)
    """First part of a path, or first label of a host -> section, beside the common ones."""


class Registry(BaseModel):
    """The file: outlets, and the words that many sites use for sections."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    outlets: tuple[Outlet, ...]
    sections: Mapping[Section, tuple[str, ...]]

    @model_validator(mode="after")
    def _nothing_is_said_twice(self) -> Self:
        for what, words in (
            ("domain", [domain for outlet in self.outlets for domain in outlet.domains]),
            ("word for a section", [word for each in self.sections.values() for word in each]),
        ):
            if twice := {word for word in words if words.count(word) > 1}:
                raise ValueError(f"named twice as a {what}: {', '.join(sorted(twice))}")
        return self


def read_registry(text: str) -> Registry:
    """The registry in this TOML. Raises ValueError: it is no TOML, or not what the schema allows."""
    return Registry.model_validate(tomllib.loads(text))


@cache
def shipped() -> Registry:
    """The registry that comes with the package."""
    return read_registry(resources.files(__package__).joinpath(FILE).read_text("utf-8"))


@lru_cache(HOSTS)
def outlet_of(host: str) -> Outlet | None:
    """The outlet that publishes under `host`: the one with the longest domain that `host` is or lies below."""
    domains, labels = _domains(), host.split(".")
    return next(filter(None, (domains.get(".".join(labels[at:])) for at in range(len(labels) - 1))), None)


@lru_cache(HOSTS)
def registrable_domain(host: str) -> str | None:
    """The name that somebody registered: `bbc.co.uk` for `news.bbc.co.uk`. None for a public suffix and for an address of numbers."""
    if host.replace(".", "").isdigit() or host.startswith("[") or ":" in host:
        return None
    name: str | None = _suffixes().privatesuffix(host)
    return name


@lru_cache(HOSTS)
def country_of_host(host: str) -> str | None:
    """The country of a site of which nothing else is known: that of its ending, where this is a country's and used as such."""
    ending = host.rpartition(".")[2]
    if len(ending) != _COUNTRY_CODE_LETTERS or not ending.isalpha() or ending in _GENERIC:
        return None
    return _COUNTRY_OF_ENDING.get(ending, ending.upper())


def section_of(url: str, *, outlet: Outlet | None) -> str | None:
    """The section that the address names: by the first telling part of its path, or by the site's own subdomain."""
    try:
        path, host = urlsplit(url).path, identity.host_of(url)
    except ValueError:
        return None
    words = _section_words()
    own: Mapping[str, str] = {} if outlet is None else outlet.sections
    for word in _candidates(host, path, outlet=outlet):
        if section := own.get(word) or words.get(word):
            return section
        if word not in _BEFORE_SECTIONS:
            break
    return None


def _candidates(host: str, path: str, *, outlet: Outlet | None) -> Sequence[str]:
    """The site's own subdomain, when the outlet is known; then the first parts of the path, without the last: that is the article."""
    parts = [part for part in path.lower().split("/", PARTS + 1)[1:] if part]
    found = [part for part in parts[:-1] if _PART.fullmatch(part)]
    if outlet is None:
        return found
    label = host.partition(".")[0]
    is_below = any(host.endswith(f".{domain}") for domain in outlet.domains)
    return [label, *found] if is_below and (label in outlet.sections or label in _section_words()) else found


@cache
def _domains() -> Mapping[str, Outlet]:
    return {domain: outlet for outlet in shipped().outlets for domain in outlet.domains}


@cache
def _section_words() -> Mapping[str, Section]:
    return {word: section for section, words in shipped().sections.items() for word in words}


@cache
def _suffixes():  # type: ignore[no-untyped-def]  # noqa: ANN202  # the library has no types
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415  # 10,000 rules to read

    return PublicSuffixList()
