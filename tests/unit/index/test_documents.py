"""Documents and mappings, without a server."""

import datetime as dt
import json
from typing import Any

import orjson
import pytest
from articles import NOON, enriched_article
from kabar_contracts.enriched import EnrichedArticle
from kabar_index.documents import article_document, article_version, entry_version, indexable_extra, json_bytes, redacted
from kabar_index.mappings import ANALYZER_OF_LANGUAGE, articles_template
from pydantic import BaseModel, JsonValue


def mapped_fields() -> dict[str, Any]:
    template = articles_template(replicas=0)
    fields: dict[str, Any] = template["template"]["mappings"]["properties"]
    return fields


def test_every_field_of_an_enriched_article_has_a_place_in_the_mapping() -> None:
    assert set(EnrichedArticle.model_fields) - set(mapped_fields()) == set()


def test_every_nested_field_has_a_place_in_the_mapping() -> None:
    def missing(model: type[BaseModel], mapping: dict[str, Any], path: str) -> list[str]:
        gone = []
        for name, field in model.model_fields.items():
            mapped = mapping.get(name)
            if mapped is None:
                gone.append(f"{path}{name}")
                continue
            inner = [each for each in models_in(field.annotation) if "properties" in mapped]
            for each in inner:
                gone += missing(each, mapped["properties"], f"{path}{name}.")
        return gone

    assert missing(EnrichedArticle, mapped_fields(), "") == []


def models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in getattr(annotation, "__args__", ()) for model in models_in(part)]


@pytest.mark.parametrize("language", ["id", "id-ID", "ID", "en-GB", "zh-Hant"])
def test_the_text_lies_under_the_analyser_of_its_language(language: str) -> None:
    document = orjson.loads(article_document(enriched_article(language=language), indexed_at=NOON))
    assert list(document["localized"]) == [ANALYZER_OF_LANGUAGE[language.partition("-")[0].lower()]]


@pytest.mark.parametrize("language", ["und", "uk", "vi", "pl"])
def test_a_language_without_an_analyser_has_only_its_folded_text(language: str) -> None:
    assert "localized" not in orjson.loads(article_document(enriched_article(language=language), indexed_at=NOON))


def test_a_newer_revision_wins_over_any_generation() -> None:
    assert article_version(enriched_article(revision=2_000, generation=1)) > article_version(
        enriched_article(revision=1_999, generation=1_023)
    )


def test_the_later_of_two_entries_of_one_revision_wins() -> None:
    assert entry_version("1700000000000-1") > entry_version("1700000000000-0")
    assert entry_version("1700000000001-0") > entry_version("1700000000000-5000")


def test_what_is_short_enough_is_indexed_and_the_rest_is_left_out() -> None:
    extra: dict[str, JsonValue] = {"a": 1, "b": {"c": "x" * 33_000, "d": [None, True, "y"]}, "e": ["z" * 33_000, "kept"]}
    assert indexable_extra(extra) == {"a": 1, "b": {"d": [None, True, "y"]}, "e": ["kept"]}


def test_a_document_with_numbers_beyond_64_bits_is_still_json() -> None:
    assert json_bytes({"n": 10**30}) == b'{"n": 1000000000000000000000000000000}'
    assert orjson.loads(json_bytes({"n": 1})) == {"n": 1}


def test_a_document_holds_whole_what_it_cannot_index_and_numbers_beyond_64_bits() -> None:
    extra: dict[str, JsonValue] = {"n": 10**30, "long": "x" * 33_000}
    document = json.loads(article_document(enriched_article().model_copy(update={"extra": extra}), indexed_at=NOON))
    assert document["extra"] == {"n": 10**30}
    assert document["extra_original"] == extra


def test_a_redacted_revision_keeps_its_facts_and_no_text() -> None:
    document = {"original": "text", "page": "cGFnZQ==", "article_id": "x", "original_sha256": "y"}
    assert redacted(document) == {"article_id": "x", "original_sha256": "y", "redacted": True}


def test_a_document_says_when_it_was_indexed() -> None:
    moment = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    assert orjson.loads(article_document(enriched_article(), indexed_at=moment))["indexed_at"] == "2026-01-01T00:00:00+00:00"
