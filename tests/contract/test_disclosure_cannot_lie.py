"""A disclosure record that does not follow from its text and its assertions cannot be made."""

import copy
from collections.abc import Callable
from typing import Any, Final

import pytest
from kabar_contracts.enriched import EnrichedArticle
from kabar_contracts.examples import examples
from pydantic import ValidationError

FULL: Final = next(example for example in examples("enriched-article") if example.name == "full").message
ASTRAL: Final = next(example for example in examples("enriched-article") if example.name == "astral").message


def _evidence(article: dict[str, Any]) -> dict[str, Any]:
    evidence: dict[str, Any] = article["ai_disclosure"]["assertions"][0]["evidence"][0]
    return evidence


def _shift(by: int) -> Callable[[dict[str, Any]], object]:
    return lambda article: _evidence(article).update(start=_evidence(article)["start"] + by, end=_evidence(article)["end"] + by)


@pytest.mark.parametrize("original", [FULL, ASTRAL], ids=["full", "astral"])
@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (_shift(1), "is not at source_text"),
        (_shift(-1), "is not at source_text"),
        (lambda article: _evidence(article).update(end=_evidence(article)["end"] + 1), "does not fit the offsets"),
        (lambda article: _evidence(article).update(prefix="x" * 32), "is not at source_text"),
        (lambda article: _evidence(article).update(source="raw.value"), "no raw value"),
        (lambda article: article["ai_disclosure"]["summary"].update(status="disclosed_no_ai"), "summary does not follow"),
        (lambda article: article["ai_disclosure"]["summary"].update(human_review="not_stated"), "summary does not follow"),
        (lambda article: article["ai_disclosure"]["mapped"].update(aicdh_modes=[]), "mapped does not follow"),
        (lambda article: article["ai_disclosure"]["assertions"][0].update(activity="generated"), "does not follow"),
        (lambda article: article["ai_disclosure"].update(text_sha256="0" * 64), "another text"),
        (lambda article: article.update(source_text=article["source_text"] + " "), "text_sha256 is not"),
    ],
    ids=[
        "evidence shifted right",
        "evidence shifted left",
        "evidence one longer",
        "prefix made up",
        "evidence from a channel that has none",
        "summary status edited",
        "summary review edited",
        "mapping edited",
        "assertion edited",
        "record of another text",
        "text edited",
    ],
)
def test_a_wrong_record_is_refused(original: dict[str, Any], edit: Callable[[dict[str, Any]], object], reason: str) -> None:
    article = copy.deepcopy(original)
    edit(article)

    with pytest.raises(ValidationError, match=reason):
        EnrichedArticle.model_validate(article)


def test_evidence_of_a_hidden_channel_is_looked_for_in_its_own_value() -> None:
    article = copy.deepcopy(FULL)
    header = next(one for one in article["ai_disclosure"]["assertions"] if one["channel"] == "http_header")
    header["raw"]["value"] = "mode=ai-modified"

    with pytest.raises(ValidationError, match=r"is not at raw\.value"):
        EnrichedArticle.model_validate(article)


def test_the_mapping_of_another_version_is_taken_as_it_is() -> None:
    article = copy.deepcopy(FULL)
    article["ai_disclosure"].update(mapping_version=99)
    article["ai_disclosure"]["mapped"].update(aicdh_modes=["a mode of the future"])

    read = EnrichedArticle.model_validate(article)

    assert read.ai_disclosure is not None
    assert read.ai_disclosure.mapped.aicdh_modes == ("a mode of the future",)
