"""docs/disclosure.md says what the code does: its examples are run, and every term of the record stands in it."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest
from disclosure_examples import record_of, told
from jsonschema import Draft202012Validator
from kabar_contracts.disclosure import vocabulary
from kabar_contracts.disclosure.mapping import EU_ART50_CATEGORIES
from kabar_contracts.schemas.json_schema import json_schema

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/disclosure.md").read_text("utf-8")
EXAMPLES = re.findall(r"```text lang=([a-z]+)\n(.*?)\n```\n\n```json\n(.*?)\n```", PAGE, re.DOTALL)


def test_the_examples_are_in_five_languages_and_more() -> None:
    assert len({language for language, _, _ in EXAMPLES}) >= 5
    assert len(EXAMPLES) == PAGE.count("```text lang=")


@pytest.mark.parametrize(("language", "body", "shown"), EXAMPLES)
def test_an_example_is_read_as_the_page_says(language: str, body: str, shown: str) -> None:
    assert told(body, language=language) == json.loads(shown)


@pytest.mark.parametrize(("language", "body"), [(language, body) for language, body, _ in EXAMPLES])
def test_the_record_of_an_example_follows_the_published_schema(language: str, body: str) -> None:
    record = json.loads(record_of(body, language=language).model_dump_json())

    Draft202012Validator(json_schema("ai-disclosure")).validate(record)


@pytest.mark.parametrize(
    "terms",
    [
        get_args(vocabulary.Status),
        get_args(vocabulary.Activity),
        get_args(vocabulary.Object),
        get_args(vocabulary.ScopeLevel),
        get_args(vocabulary.Polarity),
        get_args(vocabulary.Modality),
        get_args(vocabulary.Degree),
        get_args(vocabulary.ReviewClaim),
        get_args(vocabulary.Channel),
        get_args(vocabulary.AssertedBy),
        get_args(vocabulary.Trust),
        get_args(vocabulary.PositionClass),
        get_args(vocabulary.Fit),
        EU_ART50_CATEGORIES,
    ],
)
def test_every_term_of_the_record_stands_in_the_page(terms: tuple[Any, ...]) -> None:
    assert [term for term in terms if f"`{term}`" not in PAGE] == []


def test_the_schema_has_an_address_that_stays_and_the_page_names_it() -> None:
    assert f"`{json_schema('ai-disclosure')['$id']}`" in PAGE
    assert (ROOT / "shared/contracts/schemas/ai-disclosure.v1.schema.json").is_file()
