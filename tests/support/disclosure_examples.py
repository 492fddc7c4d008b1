"""What the documentation of disclosures shows of a record."""

import json
from datetime import UTC, datetime
from typing import Any

from kabar_contracts.disclosure.record import AiDisclosure
from kabar_enrich.enrichment import enrich_article
from kabar_enrich.raw_lines import from_json

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def record_of(body: str, *, language: str) -> AiDisclosure:
    """The record of an article with this body."""
    pushed = json.dumps({"url": "https://warta.example/1", "title": "…", "language": language, "body": body}).encode()
    record = enrich_article(from_json(pushed, url=None, now=NOW), page=None, page_content_type=None, now=NOW).ai_disclosure
    assert record is not None
    return record


def told(body: str, *, language: str) -> dict[str, Any]:
    """The parts of the record that are shown, in the terms of the record and without what is empty."""
    record = record_of(body, language=language)
    summary, mapped = record.summary, record.mapped
    shown = {
        "status": summary.status,
        "activities": [*summary.activities],
        "objects": [*summary.objects],
        "human_review": summary.human_review,
        "tools": [tool.name for tool in summary.tools],
        "statements": [{"scope_level": one.scope_level, "exact": one.evidence[0].exact} for one in record.assertions],
        "iptc": [uri.rpartition("/")[2] for uri in mapped.iptc_digital_source_type],
        "aicdh": [*mapped.aicdh_modes],
        "w3c": [*mapped.w3c_ai_disclosure],
        "c2pa": [*mapped.c2pa_human_oversight],
        "eu_art50": mapped.eu_art50_category,
        "fit": mapped.fit,
    }
    return {name: value for name, value in shown.items() if value}
