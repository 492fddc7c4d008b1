"""From the bytes of a JSON text to the object in it, within the limits of the contract."""

import re
from collections.abc import Iterator
from typing import Any, Final

import jiter
from kabar_contracts import limits

from kabar_ingest.problems import Fault, invalid, unparsable

_BOM: Final = b"\xef\xbb\xbf"
_SMALLEST_INTEGER: Final = -(2**63)
_LARGEST_INTEGER: Final = 2**64 - 1
_NOT_FINITE: Final = (float("inf"), float("-inf"))
_ESCAPED_NUL: Final = b"\\u0000"
_NOT_A_NUMBER: Final = re.compile(rb"[:\[,]\s*-?(?:NaN|Infinity)\b")
_SURROGATE: Final = re.compile(rb"\\u[dD](?:[89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|[c-fC-F])")


def parsed_object(content: bytes) -> dict[str, Any]:
    """The JSON object in `content`. A byte order mark before it is skipped.

    Raises ProblemError: 400 when `content` is no JSON text in UTF-8, 422 when it is no object, repeats a key, is nested
    too deeply, or holds a number or a character that cannot be passed on.
    """
    text = content.removeprefix(_BOM)
    if not text or text.isspace():
        raise unparsable(Fault(code="empty_body", message="There is no article: the text is empty.", hint="Send one JSON object."))
    try:
        value = jiter.from_json(text, allow_inf_nan=False, cache_mode="keys", catch_duplicate_keys=True)
    except ValueError as error:
        raise _syntax_problem(text, str(error)) from error
    if not isinstance(value, dict):
        raise invalid([_not_an_object(value)])
    if faults := list(_faults_of_values(value, may_hold_nul=_ESCAPED_NUL in text)):
        raise invalid(faults)
    return value


def pointer_to(*steps: str | int) -> str:
    """The JSON pointer (RFC 6901) of these steps."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)


def _not_an_object(value: object) -> Fault:
    hint = "Send many articles as application/x-ndjson, one object a line." if isinstance(value, list) else "Send one JSON object."
    kind = {list: "an array", str: "a string", bool: "a boolean", type(None): "null"}.get(type(value), "a number")
    return Fault(code="not_an_object", message=f"An article is a JSON object; this is {kind}.", hint=hint, pointer="")


def _syntax_problem(text: bytes, reason: str) -> Exception:  # noqa: PLR0911  # one return for each thing a person can do about it
    if found := re.match(r'Detected duplicate key ("(?:[^"\\]|\\.)*")', reason):
        message = f"The key {found[1]} stands more than once in one object, so it is not clear which value is meant."
        return invalid([Fault(code="duplicate_key", message=message, hint="Send each key once.", pointer="")])
    if reason.startswith("recursion limit"):
        return invalid([_too_deep("")])
    if reason.startswith("number out of range"):
        return invalid([_number_out_of_range("")])
    try:
        text.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"The text is not UTF-8: byte 0x{text[error.start]:02x} at position {error.start}."
        return unparsable(Fault(code="not_utf8", message=message, hint="JSON is sent in UTF-8.", pointer=""))
    if _SURROGATE.search(text):
        message = "A \\u escape names half of a surrogate pair, which is no character."
        hint = "Write the character itself in UTF-8, or both halves of the pair."
        return unparsable(Fault(code="lone_surrogate", message=message, hint=hint, pointer=""))
    if _NOT_A_NUMBER.search(text):
        message = f"NaN and Infinity are no JSON numbers: {reason}."
        return unparsable(Fault(code="not_a_number", message=message, hint="Send null or leave the field out.", pointer=""))
    message = f"The text is no JSON: {reason}."
    return unparsable(Fault(code="bad_json", message=message, hint="Check it with a JSON parser, for example `jq .`", pointer=""))


def _too_deep(pointer: str) -> Fault:
    message = f"The JSON is nested more deeply than {limits.JSON_DEPTH} levels."
    return Fault(code="too_deep", message=message, hint="Flatten it, or send the inner part as a string.", pointer=pointer)


def _number_out_of_range(pointer: str) -> Fault:
    message = "The number does not fit into 64 bits."
    return Fault(code="number_out_of_range", message=message, hint="Send it as a string.", pointer=pointer)


def _nul_character(pointer: str) -> Fault:
    message = "The text holds the character NUL (\\u0000)."
    return Fault(code="nul_character", message=message, hint="Remove it; it is no part of any text.", pointer=pointer)


def _faults_of_values(root: dict[str, Any], *, may_hold_nul: bool) -> Iterator[Fault]:
    # Nearly every value of an article is a string or a list of strings, and needs a look only if there is a NUL at all.
    waiting: list[tuple[Any, tuple[str | int, ...]]] = [(root, ())]
    while waiting:
        value, steps = waiting.pop()
        if isinstance(value, str):
            if may_hold_nul and "\x00" in value:
                yield _nul_character(pointer_to(*steps))
        elif isinstance(value, (dict, list)):
            if len(steps) >= limits.JSON_DEPTH:
                yield _too_deep(pointer_to(*steps))
                continue
            if isinstance(value, dict) and may_hold_nul and any("\x00" in key for key in value):
                yield _nul_character(pointer_to(*steps))
            pairs = value.items() if isinstance(value, dict) else enumerate(value)
            waiting += [(inner, (*steps, step)) for step, inner in pairs if may_hold_nul or type(inner) is not str]
        elif isinstance(value, int):
            if not _SMALLEST_INTEGER <= value <= _LARGEST_INTEGER:
                yield _number_out_of_range(pointer_to(*steps))
        elif isinstance(value, float) and value in _NOT_FINITE:
            yield _number_out_of_range(pointer_to(*steps))
