"""What pydantic says about a field, in our words: a stable code, a plain message, what to do."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from kabar_contracts import limits
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from kabar_ingest.json_text import pointer_to
from kabar_ingest.problems import Fault

_FORMS: Final[Mapping[str, tuple[str, str, str]]] = {
    "url": (
        "bad_url",
        "This is no URL of a page: it must begin with http:// or https://, name a host and hold no blanks.",
        "Send the address at which people read the article.",
    ),
    "source": (
        "bad_source",
        "The source holds a blank, a slash or a control character.",
        "Send the name of the publication as it stands in its address, for example `example.com`.",
    ),
    "native_id": ("bad_native_id", "The id holds control characters.", "Send your own id of the article as plain text."),
    "language": (
        "bad_language",
        "This is no BCP 47 language tag.",
        "Send for example `id`, `en` or `zh-Hant`, with hyphens; `und` or nothing when it is not known.",
    ),
    "country": ("bad_country", "This is no ISO 3166 country code.", "Send two capital letters, for example `ID`."),
}

_TYPES: Final = {
    "string_type": "a string",
    "tuple_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
    "datetime_type": "a string with a date and a time",
}

_TIME_HINT: Final = "Send RFC 3339 with the offset from UTC, for example `2025-03-14T09:30:00+07:00`."


def faults_of(error: ValidationError) -> Iterator[Fault]:
    """Every fault that validation found, in the order of the fields."""
    for details in error.errors(include_url=False, include_context=True):
        yield _fault(details)


def bad_time(pointer: str) -> Fault:
    """A text that is no date-time."""
    return Fault(code="bad_time", message="This is no date and time.", hint=_TIME_HINT, pointer=pointer)


def wrong_type(pointer: str, *, wanted: str, value: object) -> Fault:
    """A value of another JSON type than the field takes."""
    return Fault(code="wrong_type", message=f"The field takes {wanted}, and this is {_kind(value)}.", pointer=pointer)


def _kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return "a string"
    return "a list" if isinstance(value, list) else "an object"


def _fault(details: ErrorDetails) -> Fault:
    # A JsonValue reports the branch of its union as a last step that stands in no JSON text; nothing else does.
    pointer = pointer_to(*details["loc"])
    kind, context = details["type"], details.get("ctx", {})
    if kind in _TYPES:
        return wrong_type(pointer, wanted=_TYPES[kind], value=details["input"])
    if make := _BY_KIND.get(kind):
        return make(pointer, context)
    if kind == "string_pattern_mismatch":
        field = str(details["loc"][0])
        code, message, hint = _FORMS.get(field, ("bad_form", "The text has not the form that this field takes.", ""))
        return Fault(code=code, message=message, hint=hint or None, pointer=pointer)
    if kind.startswith("datetime") or (kind == "value_error" and pointer.endswith("_at")):
        return bad_time(pointer)
    return Fault(code="bad_value", message=f"{details['msg']}.", pointer=pointer)


def _too_long(pointer: str, context: Mapping[str, Any]) -> Fault:
    message = f"The text is longer than {context['max_length']:,} characters."
    return Fault(code="too_long", message=message, hint="Shorten it; the limit is a part of the contract.", pointer=pointer)


def _too_many(pointer: str, context: Mapping[str, Any]) -> Fault:
    message = f"The list has more than {context['max_length']:,} entries."
    return Fault(code="too_many", message=message, hint="Shorten it; the limit is a part of the contract.", pointer=pointer)


def _empty(pointer: str, _context: Mapping[str, Any]) -> Fault:
    return Fault(code="empty", message="The text is empty.", hint="Send a text, or leave it out.", pointer=pointer)


def _missing(pointer: str, _context: Mapping[str, Any]) -> Fault:
    return Fault(code="missing_field", message="The field is missing.", hint="Send it.", pointer=pointer)


def _no_zone(pointer: str, _context: Mapping[str, Any]) -> Fault:
    message = "The time has no offset from UTC, so nobody can say when it was."
    return Fault(code="no_time_zone", message=message, hint=_TIME_HINT, pointer=pointer)


def _not_allowed(pointer: str, context: Mapping[str, Any]) -> Fault:
    return Fault(code="not_allowed", message=f"The value must be one of {context['expected']}.", pointer=pointer)


_BY_KIND: Final[Mapping[str, Callable[[str, Mapping[str, Any]], Fault]]] = {
    "string_too_long": _too_long,
    "too_long": _too_many,
    "string_too_short": _empty,
    "missing": _missing,
    "timezone_aware": _no_zone,
    "enum": _not_allowed,
    "literal_error": _not_allowed,
}


def extra_too_large(size_bytes: int) -> Fault:
    """Fields that the contract does not know, and too many of them."""
    return Fault(
        code="extra_too_large",
        message=f"The fields that an article does not know have {size_bytes:,} bytes as JSON; at most {limits.EXTRA_BYTES:,} are kept.",
        hint="Leave out what is not needed; /docs lists the fields of an article.",
        pointer="",
    )
