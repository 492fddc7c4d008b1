"""The AsyncAPI 3.0 document: every stream, who writes to it, which groups read it, and what its entries hold."""

from typing import Any, Final

from kabar_contracts import entry, identity, limits, streams
from kabar_contracts.enriched import EnrichedArticle
from kabar_contracts.raw import RawArticle
from kabar_contracts.schemas.json_schema import MAJOR, component_schemas

VERSION: Final = f"{MAJOR}.0.0"

_ENTRY_FIELDS: Final[dict[bytes, dict[str, Any]]] = {
    entry.CONTENT_TYPE: {"type": "string", "const": entry.JSON, "description": "What `data` is. Left out, it means the same."},
    entry.ARTICLE_ID: {"type": "string", "pattern": "^[0-9a-f]{32}$", "description": "The same as `article_id` in `data`."},
    entry.REVISION: {
        "type": "string",
        "pattern": "^[0-9]{1,16}$",
        "description": f"The same as `revision` in `data`, in decimal digits, at most {identity.LARGEST_REVISION}.",
    },
    entry.TRACEPARENT: {"type": "string", "description": "W3C trace context."},
    entry.PAGE: {
        "type": "string",
        "format": "binary",
        "description": f"The bytes of a pushed page as received, at most {limits.PAGE_BYTES}. With `content_form` `page` only.",
    },
    entry.PAGE_CONTENT_TYPE: {"type": "string", "description": "The `Content-Type` that came with the page, `text/html` without one."},
}
_REQUIRED: Final = [entry.ARTICLE_ID.decode(), entry.REVISION.decode()]
_DEAD_FIELDS: Final[dict[str, str]] = {
    "dead.reason": "The class of the reason, a word to count by.",
    "dead.detail": "What a person needs to act on it.",
    "dead.stage": "The worker that gave the entry up.",
    "dead.attempts": "Deliveries that counted against the entry.",
    "dead.first_at": "UTC milliseconds: when the entry was written.",
    "dead.last_at": "UTC milliseconds: when it was given up.",
    "dead.origin": "The stream and the id it had there, with a space between.",
}


def asyncapi_document() -> dict[str, Any]:
    """The whole document, ready to be written as JSON."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Kabar streams",
            "version": VERSION,
            "description": (
                "An entry of a Redis stream has flat fields. A message's payload here is the JSON in the entry's field "
                f"`{entry.DATA.decode()}`; its headers are the entry's other fields. Readers ignore fields they do not know."
            ),
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": entry.JSON,
        "channels": {_key(stream): _channel(stream) for stream in streams.ALL},
        "operations": _operations(),
        "components": {
            "messages": {message.__name__: _message(message.__name__) for message in (RawArticle, EnrichedArticle)},
            "schemas": component_schemas(RawArticle, EnrichedArticle)
            | {
                "EntryFields": {
                    "type": "object",
                    "required": _REQUIRED,
                    "properties": {name.decode(): schema for name, schema in _ENTRY_FIELDS.items()},
                },
                "DeadLetterFields": {
                    "type": "object",
                    "description": "An entry that was given up: the fields it had, byte for byte, and these. They are text.",
                    "required": list(_DEAD_FIELDS),
                    "properties": {name: {"type": "string", "description": text} for name, text in _DEAD_FIELDS.items()},
                },
            },
        },
    }


def _key(stream: streams.Stream) -> str:
    return stream.name.replace("{articles}.", "").replace(".", "_")


def _channel(stream: streams.Stream) -> dict[str, Any]:
    channel: dict[str, Any] = {
        # The braces are a Redis Cluster hash tag and part of the name; AsyncAPI would read them as a parameter of the address.
        "address": None,
        "title": stream.name,
        "description": _description(stream),
        "messages": {stream.message: {"$ref": f"#/components/messages/{stream.message}"}},
        "x-redis-stream": stream.name,
        "x-written-by": [name.strip() for name in stream.written_by.split(",")],
        "x-consumer-groups": [group.value for group in stream.groups],
    }
    if _is_for_dead_letters(stream):
        channel["x-further-fields"] = {"$ref": "#/components/schemas/DeadLetterFields"}
    return channel


def _description(stream: streams.Stream) -> str:
    if _is_for_dead_letters(stream):
        return f"Entries that {stream.written_by} gave up, with the reason. Read by people, who may send them again."
    groups = " and ".join(f"`{group.value}`" for group in stream.groups)
    return f"Written by {stream.written_by}; each of the consumer groups {groups} gets every entry."


def _is_for_dead_letters(stream: streams.Stream) -> bool:
    return stream in (streams.RAW_DEAD, streams.ENRICHED_DEAD)


def _operations() -> dict[str, Any]:
    operations: dict[str, Any] = {}
    for stream in streams.ALL:
        key = _key(stream)
        channel = {"$ref": f"#/channels/{key}"}
        for writer in (name.strip() for name in stream.written_by.split(",")):
            operations[f"{writer}_writes_{key}"] = {"action": "send", "channel": channel, "summary": f"{writer} adds entries with XADD."}
        for group in stream.groups:
            operations[f"{group.value}_reads_{key}"] = {
                "action": "receive",
                "channel": channel,
                "summary": f"Consumer group `{group.value}` reads with XREADGROUP.",
            }
    return operations


def _message(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "contentType": entry.JSON,
        "headers": {"$ref": "#/components/schemas/EntryFields"},
        "payload": {"$ref": f"#/components/schemas/{name}"},
    }
