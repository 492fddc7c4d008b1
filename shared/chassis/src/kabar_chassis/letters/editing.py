"""Changing the message of a letter before it goes back. Pure: texts in, fields or faults out."""

import json
from collections.abc import Mapping
from typing import Any, Final

from kabar_contracts.enriched import EnrichedArticle
from kabar_contracts.entry import ARTICLE_ID, CONTENT_TYPE, DATA, JSON, REVISION, InvalidEntryError, decode
from kabar_contracts.raw import ContentForm, RawArticle
from kabar_contracts.streams import Stream
from pydantic import ValidationError

from kabar_chassis.delivery.faults import message_faults

_MODELS: Final[Mapping[str, type[RawArticle] | type[EnrichedArticle]]] = {
    "RawArticle": RawArticle,
    "EnrichedArticle": EnrichedArticle,
}
_ABSENT: Final = object()


class InvalidEditError(ValueError):
    """The edit cannot go back; the message says why, for a person."""


def editable(data: bytes) -> bytes:
    """The message laid out for a person, or its bytes as they are when they are no JSON."""
    try:
        return (json.dumps(json.loads(data), ensure_ascii=False, indent=2) + "\n").encode()
    except (ValueError, RecursionError):
        return data


def with_value(data: bytes, pointer: str, value: Any) -> bytes:
    """The message with the value at this JSON pointer (RFC 6901) set; `-` appends to a list. Raises InvalidEditError."""
    message = _parsed(data)
    parent, key = _parent(message, pointer)
    if isinstance(parent, list) and key in ("-", str(len(parent))):
        parent.append(value)
    else:
        parent[_index(parent, key, pointer) if isinstance(parent, list) else key] = value
    return _written(message)


def without_value(data: bytes, pointer: str) -> bytes:
    """The message without what lies at this JSON pointer. Raises InvalidEditError."""
    message = _parsed(data)
    parent, key = _parent(message, pointer)
    if isinstance(parent, dict) and key not in parent:
        message_text = f"{pointer}: there is nothing"
        raise InvalidEditError(message_text)
    del parent[_index(parent, key, pointer) if isinstance(parent, list) else key]
    return _written(message)


def edited_fields(fields: Mapping[bytes, bytes], data: bytes, *, origin: Stream) -> dict[bytes, bytes]:
    """The fields of an entry of `origin` with `data` as its message; its id and revision are the message's.

    All other fields stay as they are. Raises InvalidEditError with every fault when the result does not follow the contract.
    """
    try:
        article = _MODELS[origin.message].model_validate_json(data)
        edited = dict(fields) | {
            DATA: data,
            CONTENT_TYPE: JSON.encode(),
            ARTICLE_ID: article.article_id.encode(),
            REVISION: b"%d" % article.revision,
        }
        entry = decode(edited)
    except ValidationError as error:
        raise InvalidEditError(message_faults(error)) from error
    except InvalidEntryError as error:
        raise InvalidEditError(str(error)) from error
    if isinstance(article, RawArticle) and article.content_form is ContentForm.PAGE and entry.page is None:
        message = "/content_form: the message says that a page comes with it, and there is no field `page`"
        raise InvalidEditError(message)
    return edited


def changes(before: Mapping[bytes, bytes], after: Mapping[bytes, bytes]) -> str:
    """What an edit touched, as names and never as values, for the letter's mark."""
    fields = [name.decode("utf-8", "replace") for name in sorted(before.keys() | after.keys()) if before.get(name) != after.get(name)]
    try:
        old, new = _parsed(before.get(DATA, b"")), _parsed(after.get(DATA, b""))
    except InvalidEditError:
        return "edited " + " ".join(fields)
    touched = [f"/{key}" for key in sorted(old.keys() | new.keys()) if old.get(key, _ABSENT) != new.get(key, _ABSENT)]
    return "edited " + " ".join(touched + [name for name in fields if name != "data"])


def _parsed(data: bytes) -> dict[str, Any]:
    try:
        message = json.loads(data)
    except (ValueError, RecursionError) as error:
        problem = f"the message is no JSON in UTF-8 ({error}); edit it with an editor, or give the whole of it with --data"
        raise InvalidEditError(problem) from error
    if not isinstance(message, dict):
        problem = "the message is no JSON object"
        raise InvalidEditError(problem)
    return message


def _written(message: dict[str, Any]) -> bytes:
    try:
        return json.dumps(message, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except ValueError as error:
        problem = f"the result cannot be written as JSON: {error}"
        raise InvalidEditError(problem) from error


def _parent(message: dict[str, Any], pointer: str) -> tuple[Any, str]:
    """What holds the value that the pointer names, and under which key."""
    if not pointer.startswith("/"):
        problem = f"{pointer!r} is no JSON pointer: it begins with /"
        raise InvalidEditError(problem)
    *path, last = (part.replace("~1", "/").replace("~0", "~") for part in pointer[1:].split("/"))
    parent: Any = message
    for part in path:
        if isinstance(parent, list):
            parent = parent[_index(parent, part, pointer)]
        elif isinstance(parent, dict) and part in parent:
            parent = parent[part]
        else:
            problem = f"{pointer}: there is no {part!r}"
            raise InvalidEditError(problem)
    if not isinstance(parent, dict | list):
        problem = f"{pointer}: what holds it is neither an object nor a list"
        raise InvalidEditError(problem)
    return parent, last


def _index(parent: list[Any], key: str, pointer: str) -> int:
    if not key.isascii() or not key.isdigit() or int(key) >= len(parent):
        problem = f"{pointer}: the list has no {key!r}"
        raise InvalidEditError(problem)
    return int(key)
