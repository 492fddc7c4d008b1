"""The published schemas are what the code says, and nothing in them takes away what was released."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from kabar_contracts.schemas.json_schema import MAJOR, MODELS, json_schema
from kabar_contracts.schemas.published import published_files
from schema_compatibility import Change, schema_changes

CONTRACTS: Final = Path(__file__).resolve().parents[2] / "shared" / "contracts"
RELEASED: Final = CONTRACTS / "schemas" / "released"

WIDENINGS_TO_ANNOUNCE: Final[frozenset[str]] = frozenset()
"""Widenings since the last release, as the failing test prints them. A line here promises that CHANGELOG tells
operators to update the readers before the writers. Empty again after a release."""


PUBLISHED: Final = published_files()


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_a_published_file_is_what_the_code_generates(name: str) -> None:
    assert (CONTRACTS / name).read_bytes() == PUBLISHED[name], "run: python -m kabar_contracts.schemas"


@pytest.mark.parametrize("name", sorted(MODELS))
def test_nothing_that_was_released_is_broken(name: str) -> None:
    released = json.loads((RELEASED / f"{name}.v{MAJOR}.schema.json").read_bytes())

    unannounced = [str(change) for change in schema_changes(released, json_schema(name)) if str(change) not in WIDENINGS_TO_ANNOUNCE]

    assert unannounced == []


BASE: Final[dict[str, Any]] = {
    "$id": "urn:example:v1",
    "$defs": {
        "Colour": {"enum": ["red", "blue"], "type": "string"},
        "Part": {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
    },
    "type": "object",
    "required": ["id", "colour"],
    "properties": {
        "id": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 10, "minLength": 2},
        "colour": {"$ref": "#/$defs/Colour"},
        "note": {"anyOf": [{"type": "string", "maxLength": 5}, {"type": "null"}], "default": None},
        "count": {"type": "integer", "minimum": 0, "maximum": 9, "default": 0},
        "parts": {"type": "array", "items": {"$ref": "#/$defs/Part"}, "maxItems": 3, "default": []},
        "at": {"type": "string", "format": "date-time"},
        "weight": {"type": "number"},
        "extra": {"type": "object", "additionalProperties": {"type": "string"}, "maxProperties": 4},
        "version": {"const": 1, "type": "integer"},
        "free": {},
    },
}


def _changes(edit: Callable[[dict[str, Any]], object]) -> list[Change]:
    new = copy.deepcopy(BASE)
    edit(new)
    return schema_changes(BASE, new)


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (lambda s: s["properties"].pop("note"), Change("breaking", "property removed", "/note")),
        (lambda s: s["properties"].update(remark=s["properties"].pop("note")), Change("breaking", "property removed", "/note")),
        (lambda s: s["required"].append("note"), Change("breaking", "property became required", "/note")),
        (lambda s: s["required"].remove("id"), Change("breaking", "property is no longer always there", "/id")),
        (
            lambda s: (s["properties"].update(new={"type": "string"}), s["required"].append("new")),
            Change("breaking", "new property is required", "/new"),
        ),
        (lambda s: s["properties"]["note"]["anyOf"].pop(1), Change("breaking", "type null no longer allowed", "/note")),
        (lambda s: s["properties"]["weight"].update(type="integer"), Change("breaking", "type number no longer allowed", "/weight")),
        (lambda s: s["properties"].update(free={"type": "string"}), Change("breaking", "type any no longer allowed", "/free")),
        (lambda s: s["$defs"]["Colour"]["enum"].remove("red"), Change("breaking", "value no longer allowed", "/colour")),
        (lambda s: s["properties"]["weight"].update(enum=[1]), Change("breaking", "value no longer allowed", "/weight")),
        (lambda s: s["properties"]["version"].update(const=2), Change("breaking", "value no longer allowed", "/version")),
        (lambda s: s["properties"]["id"].update(maxLength=9), Change("breaking", "maxLength tightened", "/id")),
        (lambda s: s["properties"]["id"].update(minLength=3), Change("breaking", "minLength tightened", "/id")),
        (lambda s: s["properties"]["weight"].update(maximum=3), Change("breaking", "maximum tightened", "/weight")),
        (lambda s: s["properties"]["parts"].update(maxItems=2), Change("breaking", "maxItems tightened", "/parts")),
        (lambda s: s["properties"]["note"]["anyOf"][0].update(maxLength=4), Change("breaking", "maxLength tightened", "/note")),
        (lambda s: s["properties"]["id"].update(pattern="^[a-y]+$"), Change("breaking", "pattern changed", "/id")),
        (lambda s: s["properties"]["at"].update(format="date"), Change("breaking", "format changed", "/at")),
        (lambda s: s["properties"]["count"].update(default=1), Change("breaking", "default changed", "/count")),
        (lambda s: s["properties"]["extra"].update(additionalProperties=False), Change("breaking", "elements restricted", "/extra/*")),
        (lambda s: s["$defs"]["Part"]["properties"].pop("text"), Change("breaking", "property removed", "/parts/*/text")),
        (lambda s: s.update({"$id": "urn:example:v2"}), Change("breaking", "$id changed", "")),
        (
            lambda s: s["properties"]["parts"].update(uniqueItems=True),
            Change("breaking", "uniqueItems changed, and no rule says what that means", "/parts"),
        ),
    ],
)
def test_a_breaking_change_is_found(edit: Callable[[dict[str, Any]], object], expected: Change) -> None:
    assert expected in _changes(edit)


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (lambda s: s["$defs"]["Colour"]["enum"].append("green"), Change("widening", "value newly allowed", "/colour")),
        (lambda s: s["properties"]["id"].update(maxLength=11), Change("widening", "maxLength loosened", "/id")),
        (lambda s: s["properties"]["count"].pop("minimum"), Change("widening", "minimum loosened", "/count")),
        (lambda s: s["properties"]["id"].pop("pattern"), Change("widening", "pattern dropped", "/id")),
        (lambda s: s["properties"]["count"].update(type="number"), Change("widening", "type number newly allowed", "/count")),
        (
            lambda s: s["properties"].update(at={"anyOf": [s["properties"]["at"], {"type": "null"}]}),
            Change("widening", "type null newly allowed", "/at"),
        ),
        (lambda s: s["properties"]["extra"].update(additionalProperties=True), Change("widening", "elements unrestricted", "/extra/*")),
    ],
)
def test_a_widening_is_found_and_is_not_called_breaking(edit: Callable[[dict[str, Any]], object], expected: Change) -> None:
    assert _changes(edit) == [expected]


@pytest.mark.parametrize(
    "edit",
    [
        lambda s: s,
        lambda s: s["properties"].update(added={"type": "string", "default": ""}),
        lambda s: s["properties"]["id"].update(description="Better words."),
        lambda s: s["$defs"].update(Shade=s["$defs"].pop("Colour")) or s["properties"]["colour"].update({"$ref": "#/$defs/Shade"}),
        lambda s: s["properties"].update(version={"enum": [1], "type": "integer"}),
    ],
    ids=["nothing", "optional property added", "description", "definition renamed", "const written as enum"],
)
def test_an_additive_change_or_other_words_are_no_change(edit: Callable[[dict[str, Any]], object]) -> None:
    assert _changes(edit) == []
