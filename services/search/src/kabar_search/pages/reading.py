"""What the page of one article shows. Pure."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any, Final

from kabar_search.answers import counts
from kabar_search.pages.labels import labels_of
from kabar_search.pages.links import web_address
from kabar_search.pages.rendering import moment_text
from kabar_search.pages.results import language_tag
from kabar_search.pages.words import UiLanguage

_TERMS: Final = (
    ("IPTC Digital Source Type", "iptc_digital_source_type"),
    ("schema.org", "schema_org"),
    ("AI-Disclosure header (AICDH)", "aicdh_modes"),
    ("W3C AI Content Disclosure", "w3c_ai_disclosure"),
    ("C2PA", "c2pa_human_oversight"),
    ("EU AI Act, Art. 50", "eu_art50_category"),
)


def reading_view(article: Mapping[str, Any], *, zone: tzinfo, ui: UiLanguage) -> dict[str, Any]:
    """The values of the template for an article."""
    published = article.get("published_at")
    updated = article.get("updated_at")
    return {
        "article": article,
        "language_tag": language_tag(article.get("language")),
        "url": web_address(article.get("url")) or web_address(article.get("canonical_url")),
        "moment": published or article["received_at"],
        "moment_text": moment_text(published or article["received_at"], zone=zone, ui=ui),
        "is_received": published is None,
        "updated": updated if updated and updated != published else None,
        "updated_text": moment_text(updated, zone=zone, ui=ui) if updated else "",
        "blocks": _blocks(article),
        "notes": article.get("notes") or (),
        "keywords": [tag["name"] for tag in (article.get("tags") or {}).get("keywords") or []],
        "disclosure": _disclosure(article.get("ai_disclosure")),
        "labels": labels_of(article),
    }


def _blocks(article: Mapping[str, Any]) -> list[dict[str, Any]]:
    blocks: Sequence[Mapping[str, Any]] = article.get("blocks") or [
        {"kind": "paragraph", "text": text} for text in (article.get("body") or "").split("\n\n") if text.strip()
    ]
    return [{"kind": block["kind"], "text": block["text"], "lines": block["text"].splitlines()} for block in blocks]


def _disclosure(record: Mapping[str, Any] | None) -> dict[str, Any]:
    if record is None:
        return {"status": "not_assessed", "summary": None, "assertions": [], "terms": [], "fit": None, "looked_at": []}
    mapped = record["mapped"]
    terms = [(standard, _listed(mapped.get(name))) for standard, name in _TERMS]
    return {
        "status": record["summary"]["status"],
        "summary": record["summary"],
        "assertions": [assertion for assertion in record["assertions"] if counts(assertion)],
        "terms": [(standard, values) for standard, values in terms if values],
        "fit": mapped.get("fit"),
        "looked_at": record["channels_assessed"],
    }


def _listed(value: str | Sequence[str] | None) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)
