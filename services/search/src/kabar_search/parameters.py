"""From the parameters of a request to a search that can be run, or to everything that is wrong with them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from kabar_search.moments import WRITTEN, Edge, moment
from kabar_search.parameter_table import (
    BY_NAME,
    LARGEST_PAGE_SIZE,
    LIST_VALUES,
    PAGE_SIZE,
    PARAMETERS,
    QUERY_CHARACTERS,
    VALUE_CHARACTERS,
    WINDOW,
    AiFilter,
    Facet,
    Sort,
)

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")
_ZONE_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}")
_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_SHOWN_CHARACTERS: Final = 80
_NAMED_UNKNOWNS: Final = 20

_Allowed = TypeVar("_Allowed", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a request, and what to do about it."""

    parameter: str
    code: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a searcher may want to know although the search ran."""

    code: str
    message: str
    parameter: str | None = None


class BadParametersError(ValueError):
    """The request cannot be run. `faults` names all reasons."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(fault.message for fault in self.faults))


@dataclass(frozen=True, slots=True)
class Choice:
    """Values of one filter: any of `included`, none of `excluded`."""

    included: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether it filters anything."""
        return bool(self.included or self.excluded)

    def __str__(self) -> str:
        """As it is written in a URL."""
        return ",".join((*self.included, *(f"!{value}" for value in self.excluded)))


@dataclass(frozen=True, slots=True)
class Search:
    """A search that can be run."""

    text: str
    filters: Mapping[Facet, Choice]
    """Only the filters that are set."""
    published_from: datetime | None
    published_to: datetime | None
    """Inclusive, in milliseconds."""
    zone: ZoneInfo
    sort: Sort
    page: int
    page_size: int
    facets: tuple[Facet, ...]
    spelled: Mapping[str, str]
    """The parameters as given, under their first names; without `page`."""
    notices: tuple[Notice, ...]


@dataclass(slots=True)
class _Given:
    """The values of a request under first names, while they are read; collects the faults."""

    values: dict[str, list[str]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def reject(self, parameter: str, code: str, message: str, *, hint: str) -> None:
        self.faults.append(Fault(parameter, code, f"{message}.", hint))

    def single(self, name: str) -> str | None:
        values = self.values.get(name, [])
        if len(values) > 1:
            self.reject(name, "repeated", f"{name} is given {len(values)} times", hint=f"Give {name} once, under one of its names.")
        return values[0] if values else None


def read_search(
    pairs: Iterable[tuple[str, str]],
    *,
    now: datetime,
    default_zone: ZoneInfo,
    default_facets: tuple[Facet, ...] = (),
    also_known: frozenset[str] = frozenset(),
) -> Search:
    """The search that these parameters ask for. Empty values count as not given, as a form sends them.

    Parameters outside of the table and `also_known` are named in `notices`. Raises BadParametersError with all faults.
    """
    given = _sorted_by_name(pairs, also_known=also_known)
    text = _text(given)
    filters = {
        Facet.LANGUAGE: _choice(given, Facet.LANGUAGE),
        Facet.SOURCE: _choice(given, Facet.SOURCE),
        Facet.AI: _choice(given, Facet.AI),
    }
    zone = _zone(given, default=default_zone)
    published_from = _moment(given, "from", edge=Edge.FIRST, now=now, zone=zone)
    published_to = _moment(given, "to", edge=Edge.LAST, now=now, zone=zone)
    if published_from and published_to and published_from > published_to:
        given.reject("from", "empty_range", "from lies after to", hint="Exchange them, or leave one out.")
    sort = _one_of(given, "sort", Sort) or (Sort.RELEVANCE if text else Sort.NEWEST)
    page, page_size = _paging(given)
    facets = _facets(given, default=default_facets)
    if given.faults:
        raise BadParametersError(given.faults)
    return Search(
        text=text,
        filters={facet: choice for facet, choice in filters.items() if choice},
        published_from=published_from,
        published_to=published_to,
        zone=zone,
        sort=sort,
        page=page,
        page_size=page_size,
        facets=facets,
        spelled=_spelled(given, filters=filters),
        notices=_unknown_named(given.unknown),
    )


def _sorted_by_name(pairs: Iterable[tuple[str, str]], *, also_known: frozenset[str]) -> _Given:
    given = _Given()
    for name, value in pairs:
        parameter = BY_NAME.get(name)
        if parameter is None:
            if name not in also_known and name not in given.unknown:
                given.unknown.append(name)
            continue
        parts = value.split(",") if parameter.takes_list else [value]
        sign = "!" if name in parameter.excluding_aliases else ""
        kept = [sign + part.strip() for part in parts if part.strip()]
        if kept:
            given.values.setdefault(parameter.name, []).extend(kept)
    return given


def _unknown_named(names: Sequence[str]) -> tuple[Notice, ...]:
    return tuple(
        Notice(
            code="unknown_parameter",
            message=f"{_shown(name)} is not a parameter of search and was ignored; known are {', '.join(p.name for p in PARAMETERS)}.",
            parameter=_shown(name),
        )
        for name in names[:_NAMED_UNKNOWNS]
    )


def _shown(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "…"


def _text(given: _Given) -> str:
    text = given.single("q") or ""
    if len(text) > QUERY_CHARACTERS:
        given.reject(
            "q", "too_long", f"q has {len(text)} characters; at most {QUERY_CHARACTERS} are read", hint="Search for fewer or rarer words."
        )
    return text.strip()


def _choice(given: _Given, facet: Facet) -> Choice:
    values = list(dict.fromkeys(given.values.get(facet.value, [])))
    if len(values) > LIST_VALUES:
        given.reject(facet.value, "too_many", f"{facet.value} has {len(values)} values", hint=f"Give at most {LIST_VALUES}.")
        return Choice()
    included: list[str] = []
    excluded: list[str] = []
    for value in values:
        bare = value.removeprefix("!").strip()
        cleaned = _cleaned(given, facet, bare)
        if cleaned is not None:
            (excluded if value.startswith("!") else included).append(cleaned)
    both = sorted(set(included) & set(excluded))
    if both:
        given.reject(
            facet.value,
            "contradiction",
            f"{_shown(both[0])!r} is both wanted and excluded in {facet.value}",
            hint="Leave one of the two out.",
        )
    return Choice(tuple(dict.fromkeys(included)), tuple(dict.fromkeys(excluded)))


def _cleaned(given: _Given, facet: Facet, value: str) -> str | None:
    """The value as the index knows it, or None with a fault noted."""
    match facet:
        case Facet.AI:
            return _allowed(given, facet.value, value, AiFilter)
        case Facet.LANGUAGE:
            if _LANGUAGE.fullmatch(value.lower()) and len(value) <= VALUE_CHARACTERS:
                return value.lower()
            given.reject(
                facet.value, "not_a_language", f"{_shown(value)!r} is no language tag", hint="Write tags such as id, en or zh-Hant."
            )
            return None
        case Facet.SOURCE:
            if value and len(value) <= VALUE_CHARACTERS:
                return value
            given.reject(
                facet.value,
                "not_a_source",
                f"{_shown(value)!r} is no source: 1 to {VALUE_CHARACTERS} characters",
                hint="Write it as hits name it, for example tribunnews.com.",
            )
            return None


def _allowed(given: _Given, name: str, value: str, allowed: type[_Allowed]) -> _Allowed | None:
    try:
        return allowed(value)
    except ValueError:
        given.reject(name, "not_allowed", f"{_shown(value)!r} is no value of {name}", hint=f"Use {', '.join(v.value for v in allowed)}.")
        return None


def _one_of(given: _Given, name: str, allowed: type[_Allowed]) -> _Allowed | None:
    value = given.single(name)
    return None if value is None else _allowed(given, name, value, allowed)


def _zone(given: _Given, *, default: ZoneInfo) -> ZoneInfo:
    name = given.single("tz")
    if name is None:
        return default
    try:
        if _ZONE_NAME.fullmatch(name):
            return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        pass
    given.reject("tz", "unknown_zone", f"no time zone is called {_shown(name)!r}", hint="Write one like Asia/Jakarta or UTC.")
    return default


def _moment(given: _Given, name: str, *, edge: Edge, now: datetime, zone: ZoneInfo) -> datetime | None:
    value = given.single(name)
    if value is None:
        return None
    try:
        return moment(_shown(value), edge=edge, now=now.astimezone(UTC), zone=zone)
    except ValueError as error:
        given.reject(name, "not_a_moment", str(error), hint=f"Write {WRITTEN}.")
        return None


def _paging(given: _Given) -> tuple[int, int]:
    page_size = _number(given, "page_size", default=PAGE_SIZE, largest=LARGEST_PAGE_SIZE)
    page = _number(given, "page", default=1, largest=WINDOW)
    if page * page_size > WINDOW:
        given.reject(
            "page",
            "beyond_window",
            f"page {page} of {page_size} results ends after result {WINDOW}, where paging ends",
            hint="Narrow the search with from and to, and page within it.",
        )
    return page, page_size


def _number(given: _Given, name: str, *, default: int, largest: int) -> int:
    value = given.single(name)
    if value is None:
        return default
    if _NUMBER.fullmatch(value) and 1 <= int(value) <= largest:
        return int(value)
    given.reject(name, "not_in_range", f"{_shown(value)!r} is no {name}", hint=f"Give a whole number from 1 to {largest}.")
    return default


def _facets(given: _Given, *, default: tuple[Facet, ...]) -> tuple[Facet, ...]:
    values = given.values.get("facets")
    if values is None:
        return default
    wanted = (_allowed(given, "facets", value, Facet) for value in dict.fromkeys(values[: LIST_VALUES + 1]))
    return tuple(facet for facet in wanted if facet is not None)


def _spelled(given: _Given, *, filters: Mapping[Facet, Choice]) -> dict[str, str]:
    spelled: dict[str, str] = {}
    for parameter in PARAMETERS:
        if parameter.name == "page" or parameter.name not in given.values:
            continue
        is_filter = parameter.name in tuple(Facet)
        spelled[parameter.name] = str(filters[Facet(parameter.name)]) if is_filter else ",".join(given.values[parameter.name])
    return spelled
