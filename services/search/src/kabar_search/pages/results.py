"""What the page of results shows: links that change the search by one thing, chips, counts. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kabar_search.answers import Answer
from kabar_search.pages import words
from kabar_search.pages.links import address, toggled, without
from kabar_search.pages.rendering import moment_text
from kabar_search.pages.words import UiLanguage
from kabar_search.parameter_table import WINDOW, Facet, Sort
from kabar_search.parameters import Choice, Search

_SPANS: Final = (("-24h", "time_day"), ("-7d", "time_week"), ("-30d", "time_month"))
_VALUES_SHOWN: Final = 12
_QUIET: Final = ("none_found", "not_assessed")


@dataclass(frozen=True, slots=True)
class Option:
    """A link that adds a value to the search, or takes it away when it is chosen."""

    label: str
    url: str
    count: int | None
    chosen: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Options of one facet."""

    name: str
    heading: str
    options: tuple[Option, ...]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that acts, with the address of the search without it."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Results:
    """The page of results, ready to be written."""

    groups: tuple[Group, ...]
    chips: tuple[Chip, ...]
    hidden: dict[str, str]
    """What the form must carry along."""
    sorts: tuple[Option, ...]
    hits: tuple[dict[str, Any], ...]
    pages: int
    previous_url: str | None
    next_url: str | None
    json_url: str


def results_of(search: Search, answer: Answer, *, ui: UiLanguage, ui_asked: UiLanguage | None) -> Results:
    """The page of results of `answer`."""
    state: dict[str, str | int | None] = {**search.spelled, "ui": ui_asked}
    pages = -(-min(answer.total, WINDOW) // search.page_size)
    return Results(
        groups=(*(_group(facet, search, answer.facets[facet.value], state=state, ui=ui) for facet in _order(search)), _spans(state, ui=ui)),
        chips=_chips(search, state=state, ui=ui),
        hidden=_hidden(state),
        sorts=_sorts(search, state=state, ui=ui),
        hits=tuple(_hit(result, search=search, ui=ui) for result in answer.results),
        pages=pages,
        previous_url=address("/", state | {"page": search.page - 1 if search.page > 2 else None}) if search.page > 1 else None,  # noqa: PLR2004 - the first page has no number in its address
        next_url=address("/", state | {"page": search.page + 1}) if search.page < pages else None,
        json_url=address("/v1/search", {**search.spelled, "page": search.page if search.page > 1 else None}),
    )


def _order(search: Search) -> list[Facet]:
    return [facet for facet in (Facet.AI, Facet.SOURCE, Facet.LANGUAGE) if facet in search.facets]


def _label(facet: Facet, value: str, *, ui: UiLanguage) -> str:
    match facet:
        case Facet.AI:
            return words.name_of(value, kind="ai", ui=ui)
        case Facet.LANGUAGE:
            return words.language_name(value, ui=ui)
        case Facet.SOURCE:
            return value


def _group(
    facet: Facet, search: Search, counts: Sequence[Mapping[str, Any]], *, state: dict[str, str | int | None], ui: UiLanguage
) -> Group:
    choice = search.filters.get(facet, Choice())
    counted = {str(entry["value"]): int(entry["count"]) for entry in counts}
    # A chosen value stays visible when nothing matches it, so that it can be taken away.
    values = [*[value for value in choice.included if value not in counted], *counted]
    shown = values[:_VALUES_SHOWN] + [value for value in values[_VALUES_SHOWN:] if value in choice.included]
    options = tuple(
        Option(
            label=_label(facet, value, ui=ui),
            url=address("/", state | {facet.value: str(toggled(choice, value))}),
            count=counted.get(value, 0),
            chosen=value in choice.included,
        )
        for value in shown
    )
    return Group(facet.value, words.TEXTS[f"facet_{facet.value}"][ui], options, is_cut=len(values) > len(shown))


def _spans(state: dict[str, str | int | None], *, ui: UiLanguage) -> Group:
    options = tuple(
        Option(
            label=words.TEXTS[name][ui],
            url=address("/", state | {"from": None if state.get("from") == span else span, "to": None}),
            count=None,
            chosen=state.get("from") == span,
        )
        for span, name in _SPANS
    )
    return Group("time", words.TEXTS["facet_time"][ui], options, is_cut=False)


def _sorts(search: Search, *, state: dict[str, str | int | None], ui: UiLanguage) -> tuple[Option, ...]:
    # The order that a search has by itself stays out of the address, so that a new query is not bound by it.
    own = Sort.RELEVANCE if search.text else Sort.NEWEST
    offered = [sort for sort in Sort if search.text or sort is not Sort.RELEVANCE]
    return tuple(
        Option(
            label=words.TEXTS[f"sort_{sort.value}"][ui],
            url=address("/", state | {"sort": None if sort is own else sort.value}),
            count=None,
            chosen=sort is search.sort,
        )
        for sort in offered
    )


def _chips(search: Search, *, state: dict[str, str | int | None], ui: UiLanguage) -> tuple[Chip, ...]:
    chips: list[Chip] = []
    for facet, choice in search.filters.items():
        heading = words.TEXTS[f"chip_{facet.value}"][ui]
        for value in (*choice.included, *choice.excluded):
            url = address("/", state | {facet.value: str(without(choice, value))})
            label = _label(facet, value, ui=ui)
            wanted = f"{words.TEXTS['not'][ui]} “{label}”" if value in choice.excluded else label
            chips.append(Chip(f"{heading}: {wanted}", url))
    for name in ("from", "to"):
        if moment := search.spelled.get(name):
            span_label = next((words.TEXTS[text][ui] for span, text in _SPANS if span == moment and name == "from"), None)
            chips.append(Chip(span_label or f"{words.TEXTS[name][ui]}: {moment}", address("/", state | {name: None})))
    return tuple(chips)


def _hidden(state: Mapping[str, str | int | None]) -> dict[str, str]:
    """State without a field of its own in the form."""
    return {name: str(value) for name, value in state.items() if value and name not in ("q", "from", "to", "facets")}


def days_of(search: Search) -> dict[str, str]:
    """The values of the form's two fields for days; a span back from now or a time of day shows as its day."""
    moments = {"from": search.published_from, "to": search.published_to}
    return {name: moment.astimezone(search.zone).date().isoformat() if moment else "" for name, moment in moments.items()}


def _hit(result: Mapping[str, Any], *, search: Search, ui: UiLanguage) -> dict[str, Any]:
    published = result["published_at"]
    disclosure = result["ai_disclosure"]
    status = disclosure["summary"]["status"] if disclosure else "not_assessed"
    return {
        **result,
        "moment": published or result["received_at"],
        "moment_text": moment_text(published or result["received_at"], zone=search.zone, ui=ui),
        "is_received": published is None,
        "status": status,
        "is_quiet": status in _QUIET,
        "evidence": disclosure["evidence"] if disclosure else [],
        "language_tag": language_tag(result["language"]),
    }


def language_tag(language: str | None) -> str | None:
    """The `lang` of an element; None where the language is not known."""
    return None if language in (None, "und") else language
