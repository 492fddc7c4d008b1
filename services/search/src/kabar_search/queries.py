"""The OpenSearch request for a search. Pure: a search in, a request body out."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from kabar_search.parameter_table import AiFilter, Facet, Sort
from kabar_search.parameters import BadParametersError, Choice, Fault, Notice, Search
from kabar_search.query_text import simple_syntax, size_of

Body = dict[str, Any]

_FOLDED_FIELDS: Final = ("title^4", "lead^2", "body")
_WORD_FORM_FIELDS: Final = ("localized.*.title^4", "localized.*.lead^2", "localized.*.body")
_ANALYZERS_AT_MOST: Final = 20
"""Built-in analyzers under `localized` that the index may have, each with a title, a lead and a body."""
_FUZZY_EXPANSIONS: Final = 20
_CLAUSES_AT_MOST: Final = 1_000
"""OpenSearch refuses a query of more than 1,024 term clauses (`indices.query.bool.max_clause_count`); filters need a few."""

FACET_VALUES: Final = 50
_HIGHLIGHTED_CHARACTERS: Final = 50_000
"""How far into a text is highlighted, so that one enormous text cannot hold up a page of results. Beyond 1,000,000 OpenSearch
would refuse the whole search."""

FIELD_OF: Final = {Facet.SOURCE: "source", Facet.LANGUAGE: "language", Facet.AI: "ai_disclosure.summary.status"}

STATUSES_OF: Final = {
    AiFilter.DISCLOSED: ("disclosed_ai_used", "disclosed_mixed"),
    AiFilter.DENIED: ("disclosed_no_ai",),
    AiFilter.MIXED: ("disclosed_mixed",),
    AiFilter.AMBIGUOUS: ("ambiguous",),
    AiFilter.NONE_FOUND: ("none_found",),
    AiFilter.NOT_ASSESSED: ("not_assessed",),
}

RESULT_FIELDS: Final = (
    "article_id",
    "revision",
    "source",
    "native_id",
    "url",
    "canonical_url",
    "page_kind",
    "title",
    "lead",
    "section",
    "authors",
    "language",
    "country",
    "published_at",
    "updated_at",
    "received_at",
    "enriched_at",
    "tags",
    "topics",
    "story_id",
)
"""What a result shows of its article, beside the disclosure."""

_DISCLOSURE_FIELDS: Final = (
    "ai_disclosure.summary",
    "ai_disclosure.assertions.channel",
    "ai_disclosure.assertions.polarity",
    "ai_disclosure.assertions.modality",
    "ai_disclosure.assertions.scope_level",
    "ai_disclosure.assertions.evidence.exact",
    "ai_disclosure.assertions.evidence.position_class",
)


def search_body(search: Search, *, timeout_ms: int) -> Body:
    """The request body for `search`.

    Counts of a facet ignore that facet's own filter, so that other values can be seen and added; therefore such a
    filter acts after counting. Raises BadParametersError when the query is too large for OpenSearch.
    """
    after_counting = {facet: _facet_filter(facet, choice) for facet, choice in search.filters.items() if facet in search.facets}
    before_counting = [_facet_filter(facet, choice) for facet, choice in search.filters.items() if facet not in search.facets]
    body: Body = {
        "query": {
            "bool": {
                **({"must": [_text_query(search.text)]} if search.text else {}),
                "filter": [{"term": {"status": "usable"}}, *_dated(search.published_from, search.published_to), *before_counting],
            }
        },
        "sort": _order(search.sort),
        "from": (search.page - 1) * search.page_size,
        "size": search.page_size,
        "track_total_hits": True,
        "timeout": f"{timeout_ms}ms",
        "_source": {"includes": [*RESULT_FIELDS, *_DISCLOSURE_FIELDS]},
        "highlight": _highlight(),
    }
    if after_counting:
        body["post_filter"] = {"bool": {"filter": list(after_counting.values())}}
    if search.facets:
        body["aggs"] = {
            facet.value: _count(facet, under=(f for own, f in after_counting.items() if own is not facet)) for facet in search.facets
        }
    return body


def notices_on(search: Search) -> tuple[Notice, ...]:
    """What the searcher should know about how the query was run."""
    if not search.text or _fits_word_forms(search.text):
        return ()
    return (
        Notice(
            code="words_as_written",
            message="The query is long or asks for near spellings (~): its words were searched as written, without their other forms.",
            parameter="q",
        ),
    )


def _text_query(text: str) -> Body:
    size = size_of(text)
    if size.clauses(fields=len(_FOLDED_FIELDS), expansions=_FUZZY_EXPANSIONS) > _CLAUSES_AT_MOST:
        raise BadParametersError(
            [
                Fault(
                    "q",
                    "too_many_words",
                    f"q has {size.words} words, {size.fuzzy_words} of them with ~; that is more than the index takes.",
                    "Search for fewer words; one with ~ weighs as much as twenty.",
                )
            ]
        )
    fields = (*_FOLDED_FIELDS, *_WORD_FORM_FIELDS) if _fits_word_forms(text) else _FOLDED_FIELDS
    return {
        "simple_query_string": {
            "query": simple_syntax(text),
            "fields": list(fields),
            "default_operator": "and",
            "fuzzy_max_expansions": _FUZZY_EXPANSIONS,
            "lenient": True,
        }
    }


def _fits_word_forms(text: str) -> bool:
    # Near spellings of a stem mean nothing.
    size = size_of(text)
    fields = len(_FOLDED_FIELDS) + len(_WORD_FORM_FIELDS) * (_ANALYZERS_AT_MOST)
    return not size.fuzzy_words and size.clauses(fields=fields, expansions=_FUZZY_EXPANSIONS) <= _CLAUSES_AT_MOST


def _dated(first: datetime | None, last: datetime | None) -> list[Body]:
    """Articles of this span; one without a time of publication counts by when it was received."""
    if first is None and last is None:
        return []
    span = {"format": "strict_date_time"}
    if first is not None:
        span["gte"] = _written(first)
    if last is not None:
        span["lte"] = _written(last)
    return [{"range": {"dated_at": span}}]


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


def _facet_filter(facet: Facet, choice: Choice) -> Body:
    clauses: Body = {}
    if choice.included:
        clauses |= {"should": _any_of(facet, choice.included), "minimum_should_match": 1}
    if choice.excluded:
        clauses["must_not"] = _any_of(facet, choice.excluded)
    return {"bool": clauses}


def _any_of(facet: Facet, values: tuple[str, ...]) -> list[Body]:
    field = FIELD_OF[facet]
    match facet:
        case Facet.SOURCE:
            return [{"terms": {field: list(values)}}]
        case Facet.LANGUAGE:
            exact = [{"term": {field: {"value": value, "case_insensitive": True}}} for value in values]
            narrower = [{"prefix": {field: {"value": f"{value}-", "case_insensitive": True}}} for value in values]
            return [*exact, *narrower]
        case Facet.AI:
            statuses = dict.fromkeys(status for value in values for status in STATUSES_OF[AiFilter(value)])
            # An article without a record was not assessed either.
            absent = [{"bool": {"must_not": [{"exists": {"field": field}}]}}] if AiFilter.NOT_ASSESSED in values else []
            return [{"terms": {field: list(statuses)}}, *absent]


def _count(facet: Facet, *, under: Iterable[Body]) -> Body:
    terms: Body = {"field": FIELD_OF[facet], "size": FACET_VALUES}
    if facet is Facet.AI:
        terms["missing"] = "not_assessed"
    return {"filter": {"bool": {"filter": list(under)}}, "aggs": {"values": {"terms": terms}}}


def _order(sort: Sort) -> list[Body]:
    """Every order ends with the id, so that pages neither repeat nor miss an article."""
    newest: list[Body] = [{"dated_at": "desc"}, {"article_id": "asc"}]
    match sort:
        case Sort.RELEVANCE:
            return [{"_score": "desc"}, *newest]
        case Sort.NEWEST:
            return newest
        case Sort.OLDEST:
            return [{"dated_at": "asc"}, {"article_id": "asc"}]


def _highlight() -> Body:
    title: Body = {"number_of_fragments": 0}
    lead: Body = {"number_of_fragments": 1, "fragment_size": 300}
    body: Body = {"number_of_fragments": 2, "fragment_size": 180}
    return {
        "type": "unified",
        "encoder": "html",
        "pre_tags": ["<mark>"],
        "post_tags": ["</mark>"],
        "order": "score",
        "max_analyzer_offset": _HIGHLIGHTED_CHARACTERS,
        "fields": {
            "title": title,
            "lead": lead,
            # Without a match it gives the opening of the text.
            "body": {**body, "no_match_size": 220},
            "localized.*.title": title,
            "localized.*.lead": lead,
            "localized.*.body": body,
        },
    }
