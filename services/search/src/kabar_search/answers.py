"""From what OpenSearch answers to what a client gets. Pure."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from kabar_search.parameter_table import AiFilter, Facet
from kabar_search.parameters import Notice, Search
from kabar_search.queries import RESULT_FIELDS, STATUSES_OF

Json = dict[str, Any]

_MARK: Final = "<mark>"
_EVIDENCE_SHOWN: Final = 3
_EVIDENCE_CHARACTERS: Final = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """One page of results."""

    total: int
    """All articles that match, exactly."""
    took_ms: int
    page: int
    page_size: int
    sort: str
    results: tuple[Json, ...]
    facets: dict[str, list[Json]]
    """Facet -> its values with counts, the largest first."""
    warnings: tuple[Notice, ...]

    def as_json(self) -> Json:
        """As it is sent."""
        return asdict(self)


def answer_to(search: Search, response: Mapping[str, Any], *, notices: Sequence[Notice] = ()) -> Answer:
    """The answer to `search`, from the response of OpenSearch."""
    return Answer(
        total=response["hits"]["total"]["value"],
        took_ms=response["took"],
        page=search.page,
        page_size=search.page_size,
        sort=search.sort.value,
        results=tuple(_result(hit) for hit in response["hits"]["hits"]),
        facets={facet.value: _counts(facet, response["aggregations"][facet.value]["values"]["buckets"]) for facet in search.facets},
        warnings=(*search.notices, *notices),
    )


def _result(hit: Mapping[str, Any]) -> Json:
    article = hit["_source"]
    highlights, opening = _highlights(hit.get("highlight", {}))
    return {
        **{name: article.get(name) for name in RESULT_FIELDS},
        "opening": opening,
        "highlights": highlights,
        "ai_disclosure": disclosure_in_short(article.get("ai_disclosure")),
    }


def _highlights(found: Mapping[str, list[str]]) -> tuple[dict[str, list[str]], str | None]:
    """Fragments of title, lead and body with `<mark>`, and the opening of the body where none of it matched.

    Each text is highlighted as written and in word forms; the one with more marks is taken.
    """
    best: dict[str, list[str]] = {"title": [], "lead": [], "body": []}
    opening = None
    for name, fragments in found.items():
        field = name.rpartition(".")[2]
        marked = [fragment for fragment in fragments if _MARK in fragment]
        if _marks(marked) > _marks(best[field]):
            best[field] = marked
        if field == "body" and fragments and not marked:
            opening = html.unescape(fragments[0])
    return best, None if best["body"] else opening


def _marks(fragments: Sequence[str]) -> int:
    return sum(fragment.count(_MARK) for fragment in fragments)


def disclosure_in_short(record: Mapping[str, Any] | None) -> Json | None:
    """The summary of a disclosure record and the sentences it rests on; None without a record."""
    if record is None:
        return None
    return {"summary": record["summary"], "evidence": _evidence(record.get("assertions") or [])}


def _evidence(assertions: Sequence[Mapping[str, Any]]) -> list[Json]:
    pieces: dict[str, Json] = {}
    # What readers can see comes first.
    for assertion in sorted(assertions, key=lambda one: one["channel"] != "body_text"):
        if not counts(assertion):
            continue
        for evidence in assertion["evidence"]:
            exact = evidence["exact"]
            pieces.setdefault(
                exact,
                {
                    "exact": exact[:_EVIDENCE_CHARACTERS],
                    "is_cut": len(exact) > _EVIDENCE_CHARACTERS,
                    "channel": assertion["channel"],
                    "polarity": assertion["polarity"],
                    "position_class": evidence["position_class"],
                },
            )
    return list(pieces.values())[:_EVIDENCE_SHOWN]


def counts(assertion: Mapping[str, Any]) -> bool:
    """Whether an assertion says something of this article; the rule of `kabar_contracts` on stored JSON."""
    if assertion["channel"] == "c2pa" and assertion["activity"] == "unspecified":
        return False
    return assertion["scope_level"] in ("article", "component") and assertion["modality"] in ("certain", "hedged")


def _counts(facet: Facet, buckets: Sequence[Mapping[str, Any]]) -> list[Json]:
    if facet is not Facet.AI:
        return [{"value": bucket["key"], "count": bucket["doc_count"]} for bucket in buckets]
    by_status = {bucket["key"]: bucket["doc_count"] for bucket in buckets}
    # A value's count is what its filter would find, so `disclosed` includes `mixed` here too.
    counted = [{"value": value.value, "count": sum(by_status.get(status, 0) for status in STATUSES_OF[value])} for value in AiFilter]
    return [entry for entry in counted if entry["count"]]


@dataclass(frozen=True, slots=True)
class Shown:
    """An article that may be read."""

    article: Json


@dataclass(frozen=True, slots=True)
class TakenDown:
    """An article that was taken down: since when, and why where that is known."""

    article_id: str
    since: str
    reason: str | None


def reading_of(document: Mapping[str, Any] | None) -> Shown | TakenDown | None:
    """What may be shown of a stored document; None when it is unknown or withheld."""
    if document is None:
        return None
    match document["status"]:
        case "usable":
            return Shown(_as_enriched(document))
        case "canceled":
            return TakenDown(article_id=document["article_id"], since=document["received_at"], reason=document.get("reason"))
        case _:
            return None


def _as_enriched(document: Mapping[str, Any]) -> Json:
    """The article as it came from the enricher, without what only searching needs."""
    article = {name: value for name, value in document.items() if name not in ("localized", "extra_original")}
    # A document whose `extra` is too large for the index has the whole of it beside it.
    return article | {"extra": document["extra_original"]} if "extra_original" in document else article
