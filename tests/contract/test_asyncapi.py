"""The AsyncAPI document names every stream, who writes, which groups read, and what an entry holds."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from kabar_chassis.delivery.dead_letters import letter_fields
from kabar_chassis.delivery.outcome import Dead, Delivery, Reason
from kabar_contracts import entry
from kabar_contracts.examples import examples
from kabar_contracts.streams import ALL, Stream

CONTRACTS: Final = Path(__file__).resolve().parents[2] / "shared" / "contracts"
DOCUMENT: Final[dict[str, Any]] = json.loads((CONTRACTS / "asyncapi.json").read_bytes())


def _channel(stream: Stream) -> tuple[str, dict[str, Any]]:
    return next((key, channel) for key, channel in DOCUMENT["channels"].items() if channel["x-redis-stream"] == stream.name)


@pytest.mark.parametrize("stream", ALL, ids=lambda stream: stream.name)
def test_each_stream_is_a_channel_with_its_writers_and_groups(stream: Stream) -> None:
    key, channel = _channel(stream)

    here = {"$ref": f"#/channels/{key}"}
    operations = {(name, found["action"]) for name, found in DOCUMENT["operations"].items() if found["channel"] == here}

    writers = [writer.strip() for writer in stream.written_by.split(",")]
    assert channel["x-written-by"] == writers
    assert channel["x-consumer-groups"] == [group.value for group in stream.groups]
    assert operations == {(f"{writer}_writes_{key}", "send") for writer in writers} | {
        (f"{group.value}_reads_{key}", "receive") for group in stream.groups
    }


def test_there_is_no_channel_without_a_stream() -> None:
    assert {channel["x-redis-stream"] for channel in DOCUMENT["channels"].values()} == {stream.name for stream in ALL}


def test_every_reference_leads_somewhere() -> None:
    assert [reference for reference in _references(DOCUMENT) if not _leads_somewhere(reference)] == []


def test_the_headers_of_a_message_are_all_fields_of_an_entry_but_its_data() -> None:
    named = {value for name, value in vars(entry).items() if name.isupper() and isinstance(value, bytes)}

    described = DOCUMENT["components"]["schemas"]["EntryFields"]["properties"]

    assert {name.encode() for name in described} == named - {entry.DATA}


def test_an_entry_that_is_written_has_only_fields_that_are_described() -> None:
    described = {name.encode() for name in DOCUMENT["components"]["schemas"]["EntryFields"]["properties"]} | {entry.DATA}

    written = {field for example in examples("raw-article") for field in entry.encode(example.entry())}

    assert written <= described


def test_a_dead_letter_has_exactly_the_further_fields_that_are_described() -> None:
    delivery = Delivery(entry_id=b"1772414130250-0", fields={b"data": b"{}"})
    letter = letter_fields(delivery, Dead(Reason.INVALID_ENTRY, "x"), stream="raw", stage="enrich", now=datetime(2026, 4, 1, tzinfo=UTC))

    described = DOCUMENT["components"]["schemas"]["DeadLetterFields"]["properties"]

    assert {name.decode() for name in letter.keys() - delivery.fields.keys()} == set(described)


@pytest.mark.parametrize(("message", "name"), [("raw-article", "RawArticle"), ("enriched-article", "EnrichedArticle")])
def test_the_payload_of_a_message_is_its_published_schema(message: str, name: str) -> None:
    schema = (CONTRACTS / "schemas" / f"{message}.v1.schema.json").read_text()
    published = json.loads(schema.replace("#/$defs/", "#/components/schemas/"))

    payload = DOCUMENT["components"]["schemas"][name]

    assert payload["properties"] == published["properties"]
    assert payload["required"] == published["required"]
    assert DOCUMENT["components"]["messages"][name]["payload"] == {"$ref": f"#/components/schemas/{name}"}


def test_the_document_has_what_the_specification_requires() -> None:
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert DOCUMENT["info"].keys() >= {"title", "version"}
    assert all(operation["action"] in {"send", "receive"} for operation in DOCUMENT["operations"].values())
    assert all(channel["messages"] for channel in DOCUMENT["channels"].values())


def _references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


def _leads_somewhere(reference: str) -> bool:
    place: Any = DOCUMENT
    for step in reference.removeprefix("#/").split("/"):
        if not isinstance(place, dict) or step not in place:
            return False
        place = place[step]
    return True
