"""The labels for machines on the page of an article: schema.org's `digitalSourceType` and the W3C group's `ai-disclosure`. Pure.

They say what the article says, and only where each standard has one term for it: a reader of labels sees no candidates.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from kabar_contracts.disclosure.assertion import Assertion
from kabar_contracts.disclosure.mapping import MAPPING_VERSION, heard, map_assertions
from pydantic import TypeAdapter, ValidationError

from kabar_search.pages.links import web_address

Node = Literal["article", "image", "audio", "video"]

_MEDIA: Final[dict[Node, str]] = {"image": "ImageObject", "audio": "AudioObject", "video": "VideoObject"}
_NODE_OF_ACTIVITY: Final[dict[str, Node]] = {"illustrated": "image", "voiced": "audio", "video_avatar": "video"}
_NODE_OF_OBJECT: Final[dict[str, Node]] = {
    "article_text": "article",
    "whole_article": "article",
    "translation": "article",
    "unspecified": "article",
    "image": "image",
    "audio": "audio",
    "video": "video",
}
_ASSERTIONS: Final = TypeAdapter(tuple[Assertion, ...])


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What is told to machines; None where there is not one term."""

    w3c: str | None = None
    """Of the text: the content of the `meta` element `ai-disclosure`."""
    json_ld: dict[str, Any] | None = None
    """A schema.org NewsArticle whose `digitalSourceType` stands at what it is of."""


UNLABELLED: Final = Labels()


def labels_of(article: Mapping[str, Any]) -> Labels:
    """The labels of an article as it is stored; none where its record has candidates, a conflict or the mapping of another release."""
    record = article.get("ai_disclosure")
    if (
        record is None
        or record["mapped"]["fit"] != "exact"
        or record["summary"]["conflict"]
        or record["mapping_version"] != MAPPING_VERSION
    ):
        return UNLABELLED
    try:
        assertions = _ASSERTIONS.validate_python(record["assertions"])
    except ValidationError:  # of a newer release
        return UNLABELLED
    of_nodes = _by_node(heard(assertions))
    return Labels(
        w3c=_only(map_assertions(of_nodes.get("article", ())).w3c_ai_disclosure),
        json_ld=_json_ld(article, source_types={node: _only(map_assertions(told).schema_org) for node, told in of_nodes.items()}),
    )


def _by_node(assertions: Iterable[Assertion]) -> dict[Node, list[Assertion]]:
    """The assertions by what of the article they are of; a box, a headline or a chatbot has no node of its own."""
    of_nodes: dict[Node, list[Assertion]] = {}
    for assertion in assertions:
        node = _NODE_OF_ACTIVITY.get(assertion.activity) or _NODE_OF_OBJECT.get(assertion.object)
        if node is not None:
            of_nodes.setdefault(node, []).append(assertion)
    return of_nodes


def _only(terms: Sequence[str]) -> str | None:
    return terms[0] if len(terms) == 1 else None


def _json_ld(article: Mapping[str, Any], *, source_types: Mapping[Node, str | None]) -> dict[str, Any] | None:
    told = {node: term for node, term in source_types.items() if term is not None}
    if not told:
        return None
    facts = {
        "headline": article.get("title"),
        "url": web_address(article.get("canonical_url")) or web_address(article.get("url")),
        "inLanguage": article.get("language"),
        "datePublished": article.get("published_at"),
        "digitalSourceType": told.get("article"),
    }
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        **{name: value for name, value in facts.items() if value and value != "und"},
        **{node: {"@type": kind, "digitalSourceType": told[node]} for node, kind in _MEDIA.items() if node in told},
    }
