"""The parameters of a search: names, other names they are accepted under, and what they mean.

Parsing, the OpenAPI document and the page of documentation all read this table.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

QUERY_CHARACTERS: Final = 500
LIST_VALUES: Final = 50
VALUE_CHARACTERS: Final = 255
PAGE_SIZE: Final = 20
LARGEST_PAGE_SIZE: Final = 100
WINDOW: Final = 10_000
"""The furthest result that paging reaches: the limit of `from` + `size` in OpenSearch."""


class Facet(StrEnum):
    """What results can be narrowed and counted by."""

    SOURCE = "source"
    LANGUAGE = "language"
    AI = "ai"


class Sort(StrEnum):
    """Orders of results."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


class AiFilter(StrEnum):
    """What an article says about AI, as a searcher asks for it."""

    DISCLOSED = "disclosed"
    """AI was used, by the article's own account; includes `mixed`."""
    DENIED = "denied"
    MIXED = "mixed"
    AMBIGUOUS = "ambiguous"
    NONE_FOUND = "none_found"
    """Looked, found no statement. It does not mean made by people."""
    NOT_ASSESSED = "not_assessed"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a search."""

    name: str
    description: str
    schema: dict[str, Any]
    """JSON Schema of its value."""
    example: str
    aliases: tuple[str, ...] = ()
    excluding_aliases: tuple[str, ...] = ()
    """Names under which each value counts as excluded."""
    takes_list: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """All names under which it is accepted."""
        return (self.name, *self.aliases, *self.excluding_aliases)


def _values(allowed: type[StrEnum]) -> dict[str, Any]:
    return {"type": "string", "enum": [value.value for value in allowed]}


def _list_of_values(allowed: type[StrEnum]) -> dict[str, Any]:
    return {"type": "array", "items": _values(allowed), "maxItems": LIST_VALUES}


_LIST: Final = {"type": "array", "items": {"type": "string", "maxLength": VALUE_CHARACTERS + 1}, "maxItems": LIST_VALUES}
_DATE_FORMS: Final = "A date (2026-11-24), a date and time (2026-11-24T08:00+07:00) or a span back from now (-12h, -7d, -4w)."

PARAMETERS: Final = (
    Parameter(
        "q",
        "Words that must all occur in title, lead or body. «a phrase» in double quotes, OR or | for either, NOT or - in front of what must "
        "be absent, ( ) to group, * at the end of a beginning, ~ after a word for near spellings.",
        {"type": "string", "maxLength": QUERY_CHARACTERS},
        '"militer Rusia" -Ukraina',
        aliases=("query", "keyword"),
    ),
    Parameter(
        "language",
        "Language tags; `zh` includes `zh-Hant`. Several with commas or by repetition; ! in front excludes.",
        _LIST,
        "id,en",
        aliases=("lang",),
        takes_list=True,
    ),
    Parameter(
        "source",
        "Publications, as hits name them. Several with commas or by repetition; ! in front excludes.",
        _LIST,
        "!example.com",
        aliases=("sources", "domains"),
        excluding_aliases=("excludeDomains",),
        takes_list=True,
    ),
    Parameter(
        "ai",
        "What the article says about the use of AI in making it; `disclosed` includes `mixed`. "
        "`none_found` means that no statement was found, not that people made it. Several with commas; ! in front excludes.",
        _list_of_values(AiFilter),
        "disclosed",
        takes_list=True,
    ),
    Parameter(
        "from",
        f"Earliest time of publication, of receipt where an article gives none. {_DATE_FORMS}",
        {"type": "string"},
        "-7d",
        aliases=("from-date", "begin_date", "from_"),
    ),
    Parameter(
        "to",
        f"Latest time of publication, inclusive; a date means the whole day. {_DATE_FORMS}",
        {"type": "string"},
        "2026-11-24",
        aliases=("to-date", "end_date", "to_"),
    ),
    Parameter(
        "tz",
        "Time zone in which days begin and dates are read and shown.",
        {"type": "string"},
        "Asia/Jayapura",
        aliases=("timezone",),
    ),
    Parameter(
        "sort",
        "Order. Without it: relevance when there is a query, else newest first. "
        "Articles without a time of publication come after the others.",
        _values(Sort),
        "newest",
        aliases=("sortBy", "order-by", "sort_by"),
    ),
    Parameter(
        "page_size",
        "Results on one page.",
        {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE_SIZE, "default": PAGE_SIZE},
        "50",
        aliases=("pageSize", "page-size"),
    ),
    Parameter(
        "page",
        f"Which page, from 1. Paging ends at result {WINDOW:,}; narrow the search by dates to go on.",
        {"type": "integer", "minimum": 1, "default": 1},
        "2",
    ),
    Parameter(
        "facets",
        "What to count: the articles per value of each, under all other filters of the search.",
        _list_of_values(Facet),
        "source,language,ai",
        takes_list=True,
    ),
)

BY_NAME: Final = {name: parameter for parameter in PARAMETERS for name in parameter.names}
