"""Every golden example goes through every consumer of its message: what producers may send, the readers can read."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator
from kabar_contracts import entry
from kabar_contracts.enriched import EnrichedArticle
from kabar_contracts.examples import Example, examples
from kabar_contracts.raw import RawArticle
from kabar_enrich.enrichment import enrich_article
from kabar_index import documents, mappings

CONTRACTS: Final = Path(__file__).resolve().parents[2] / "shared" / "contracts"
ENRICHED_SCHEMA: Final = Draft202012Validator(json.loads((CONTRACTS / "schemas" / "enriched-article.v1.schema.json").read_bytes()))
NOW: Final = datetime(2026, 4, 1, 8, 0, tzinfo=UTC)
ARTICLE_FIELDS: Final = mappings.articles_template(replicas=0)["template"]["mappings"]["properties"]
REVISION_FIELDS: Final = mappings.revisions_template(replicas=0)["template"]["mappings"]["properties"]

every_raw_example = pytest.mark.parametrize("example", examples("raw-article"), ids=lambda example: example.name)
every_enriched_example = pytest.mark.parametrize("example", examples("enriched-article"), ids=lambda example: example.name)


def _enriched(example: Example) -> EnrichedArticle:
    received = entry.decode(entry.encode(example.entry()))
    raw = RawArticle.model_validate_json(received.data)
    return enrich_article(raw, page=received.page, page_content_type=received.page_content_type, now=NOW)


@every_raw_example
def test_enrich_reads_a_raw_example_without_a_failing_step(example: Example) -> None:
    article = _enriched(example)

    assert (article.article_id, article.revision) == (example.message["article_id"], example.message["revision"])
    assert article.status.value == example.message.get("status", "usable")
    assert [warning for warning in article.warnings if warning.code == "enricher_failed"] == []


@every_raw_example
def test_what_enrich_makes_of_a_raw_example_follows_the_published_schema(example: Example) -> None:
    written = json.loads(_enriched(example).model_dump_json())

    assert [error.message for error in ENRICHED_SCHEMA.iter_errors(written)] == []
    assert EnrichedArticle.model_validate(written).model_dump(mode="json") == written


@every_raw_example
def test_index_has_a_field_for_all_that_comes_of_a_raw_example(example: Example) -> None:
    document = json.loads(documents.article_document(_enriched(example), indexed_at=NOW))

    assert list(_without_a_field(document, ARTICLE_FIELDS)) == []


@every_enriched_example
def test_index_makes_a_document_of_an_enriched_example(example: Example) -> None:
    article = EnrichedArticle.model_validate_json(example.data)

    document = json.loads(documents.article_document(article, indexed_at=NOW))

    assert list(_without_a_field(document, ARTICLE_FIELDS)) == []
    assert document["article_id"] == article.article_id
    assert documents.article_version(article) // 1024 == article.revision


@every_raw_example
def test_the_archive_keeps_a_raw_example_as_it_was_received(example: Example) -> None:
    received = example.entry()
    facts = documents.RevisionFacts.model_validate_json(received.data)

    document = documents.revision_document(received, facts, entry_id="1-0", stream="raw", archived_at=NOW)

    assert list(_without_a_field(document, REVISION_FIELDS)) == []
    assert document["original"].encode() == received.data


def _without_a_field(document: Mapping[str, Any], fields: Mapping[str, Any], *, path: str = "") -> Iterator[str]:
    """Every path of the document that a strict mapping would refuse."""
    for name, value in document.items():
        here = f"{path}/{name}"
        field = fields.get(name)
        if field is None:
            yield here
        elif "properties" in field:
            for inner in value if isinstance(value, list) else [value]:
                if inner is not None:
                    yield from _without_a_field(inner, field["properties"], path=here)
        elif isinstance(value, dict) and field["type"] not in ("flat_object", "object"):
            yield here
