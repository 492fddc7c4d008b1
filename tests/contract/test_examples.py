"""Every golden example follows the published schema and the model, and says nothing that neither knows."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from kabar_contracts import entry, identity
from kabar_contracts.enriched import EnrichedArticle
from kabar_contracts.examples import MESSAGES, Example, examples
from kabar_contracts.raw import ContentForm, RawArticle

CONTRACTS: Final = Path(__file__).resolve().parents[2] / "shared" / "contracts"
MODELS: Final[dict[str, type[RawArticle | EnrichedArticle]]] = {"raw-article": RawArticle, "enriched-article": EnrichedArticle}
NEWER: Final = "from-a-newer-producer"
ALL: Final = [(message, example) for message in MESSAGES for example in examples(message)]
KNOWN: Final = [(message, example) for message, example in ALL if example.name != NEWER]

FORMATS: Final = FormatChecker(formats=["date"])


@FORMATS.checks("date-time", raises=ValueError)
def _is_a_moment(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


def _validator(message: str) -> Draft202012Validator:
    schema = json.loads((CONTRACTS / "schemas" / f"{message}.v1.schema.json").read_bytes())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=FORMATS)


VALIDATORS: Final = {message: _validator(message) for message in MESSAGES}


def _named(pair: object) -> str | None:
    return pair.name if isinstance(pair, Example) else None


every_example = pytest.mark.parametrize(("message", "example"), ALL, ids=_named)
every_known_example = pytest.mark.parametrize(("message", "example"), KNOWN, ids=_named)


@every_example
def test_an_example_follows_the_published_schema(message: str, example: Example) -> None:
    assert [error.message for error in VALIDATORS[message].iter_errors(example.message)] == []


@every_example
def test_an_example_is_read_by_the_model(message: str, example: Example) -> None:
    article = MODELS[message].model_validate_json(example.data)

    assert article.article_id == example.message["article_id"]


@every_known_example
def test_an_example_loses_nothing_in_the_model(message: str, example: Example) -> None:
    again = MODELS[message].model_validate_json(example.data).model_dump(mode="json", exclude_unset=True)

    assert _with_equal_times(again) == _with_equal_times(example.message)


@every_known_example
def test_what_the_model_writes_follows_the_schema(message: str, example: Example) -> None:
    written = MODELS[message].model_validate_json(example.data).model_dump_json()

    assert [error.message for error in VALIDATORS[message].iter_errors(json.loads(written))] == []


@every_example
def test_an_example_survives_the_entry_codec(message: str, example: Example) -> None:
    carried = entry.decode(entry.encode(example.entry()))

    assert carried == example.entry(), message


@pytest.mark.parametrize("example", examples("raw-article"), ids=_named)
def test_the_id_and_revision_of_a_raw_example_follow_the_rules(example: Example) -> None:
    article = RawArticle.model_validate_json(example.data)
    canceled = article.status == "canceled"

    text = article.html or article.body or ""
    expected = identity.article_id(source=article.source, native_id=article.native_id, url=article.url, text=text)
    revision = identity.revision(updated_at=None if canceled else article.updated_at, accepted_at=article.received_at)

    assert (article.article_id, article.revision) == (expected, revision)


@pytest.mark.parametrize("message", MESSAGES)
def test_a_reader_ignores_fields_that_it_does_not_know(message: str) -> None:
    newer = next(example for example in examples(message) if example.name == NEWER)

    article = MODELS[message].model_validate_json(newer.data)

    unknown = newer.message.keys() - article.model_dump().keys()
    assert unknown
    assert not unknown & article.extra.keys()


def test_there_is_an_example_of_every_content_form() -> None:
    forms = {example.message["content_form"] for example in examples("raw-article")}

    assert forms == {form.value for form in ContentForm}


@pytest.mark.parametrize("message", MESSAGES)
def test_the_full_example_sets_every_field_of_the_message(message: str) -> None:
    full = next(example for example in examples(message) if example.name == "full").message

    absent = MODELS[message].model_fields.keys() - full.keys()
    assert absent == set()


@pytest.mark.parametrize("message", MESSAGES)
def test_the_examples_show_a_takedown_a_withheld_article_and_characters_outside_the_basic_plane(message: str) -> None:
    found = examples(message)

    assert {"usable", "withheld", "canceled"} == {example.message.get("status", "usable") for example in found}
    assert any(re.search("[\U00010000-\U0010ffff]", example.data.decode()) for example in found)


def test_a_page_comes_as_bytes_in_its_own_encoding() -> None:
    page = next(example for example in examples("raw-article") if example.name == "page").entry()

    assert page.page is not None
    assert page.page_content_type == "text/html; charset=iso-8859-1"
    assert "Zoé Lefèvre" in page.page.decode("iso-8859-1")


def test_examples_of_an_unknown_message_are_refused_with_the_names_that_exist() -> None:
    with pytest.raises(ValueError, match="raw-article and enriched-article"):
        examples("cooked-article")


def _with_equal_times(value: Any) -> Any:
    """The same values with each time in one spelling: `.25Z` and `.250000Z` are one moment."""
    if isinstance(value, dict):
        return {name: _with_equal_times(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_with_equal_times(inner) for inner in value]
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\S+", value):
        return datetime.fromisoformat(value)
    return value


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _words(inner)
    elif isinstance(value, str):
        yield value


@every_example
def test_an_example_names_only_hosts_that_can_never_exist(message: str, example: Example) -> None:
    vocabularies = {"cv.iptc.org", "schema.org"}
    hosts = {
        identity.host_of(address)
        for text in _words(example.message)
        for address in re.findall(r"https?://[^\s\"<>]+", text)
        if not text.startswith("<")
    }

    assert all(host.endswith(".example") for host in hosts - vocabularies), message
