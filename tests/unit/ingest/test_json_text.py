"""The bytes of a JSON text: what can be read, and what is said when it cannot."""

from http import HTTPStatus

import pytest
from kabar_contracts import limits
from kabar_ingest.json_text import parsed_object, pointer_to
from kabar_ingest.problems import ProblemError


def nested(levels: int) -> bytes:
    return b'{"a":' * (levels - 1) + b"{}" + b"}" * (levels - 1)


@pytest.mark.parametrize(
    ("content", "status", "code", "pointer"),
    [
        (b"", 400, "empty_body", None),
        (b" \n ", 400, "empty_body", None),
        (b"\xef\xbb\xbf", 400, "empty_body", None),
        (b'{"a":', 400, "bad_json", ""),
        (b'{"a":1,}', 400, "bad_json", ""),
        (b"{'a':1}", 400, "bad_json", ""),
        (b'{"a":1} {"b":2}', 400, "bad_json", ""),
        (b'{"a":"\x00"}', 400, "bad_json", ""),
        (b'{"a":"\xff"}', 400, "not_utf8", ""),
        ('{"a":"x"}'.encode("utf-16"), 400, "not_utf8", ""),
        (b'{"a":"\\ud800"}', 400, "lone_surrogate", ""),
        (b'{"a":"\\udc00 x"}', 400, "lone_surrogate", ""),
        (b'{"a":NaN}', 400, "not_a_number", ""),
        (b'{"a":[1,-Infinity]}', 400, "not_a_number", ""),
        (b'{"a":1,"a":2}', 422, "duplicate_key", ""),
        (b'{"a":{"b":1,"b":2}}', 422, "duplicate_key", ""),
        (b"[]", 422, "not_an_object", ""),
        (b"null", 422, "not_an_object", ""),
        (b'"text"', 422, "not_an_object", ""),
        (b"17", 422, "not_an_object", ""),
        (b'{"a":1e400}', 422, "number_out_of_range", "/a"),
        (b'{"a":[{"b":18446744073709551616}]}', 422, "number_out_of_range", "/a/0/b"),
        (b'{"a":' + b"9" * 5_000 + b"}", 422, "number_out_of_range", ""),
        (b'{"a":"x\\u0000y"}', 422, "nul_character", "/a"),
        (b'{"a":["x","\\u0000"]}', 422, "nul_character", "/a/1"),
        (b'{"a":{"\\u0000":1}}', 422, "nul_character", "/a"),
        (nested(limits.JSON_DEPTH + 1), 422, "too_deep", "/a" * limits.JSON_DEPTH),
        (b'{"a":' + b"[" * 100_000, 422, "too_deep", ""),
    ],
)
def test_what_cannot_be_passed_on_is_named(content: bytes, status: int, code: str, pointer: str | None) -> None:
    with pytest.raises(ProblemError) as refused:
        parsed_object(content)

    problem = refused.value.problem
    assert problem.status == HTTPStatus(status)
    assert [(fault.code, fault.pointer) for fault in problem.faults] == [(code, pointer)]


def test_every_bad_number_and_character_is_named() -> None:
    with pytest.raises(ProblemError) as refused:
        parsed_object(b'{"a":1e999,"b":"\\u0000","c":[99999999999999999999]}')

    assert {(fault.code, fault.pointer) for fault in refused.value.problem.faults} == {
        ("number_out_of_range", "/a"),
        ("nul_character", "/b"),
        ("number_out_of_range", "/c/0"),
    }


def test_a_byte_order_mark_is_skipped() -> None:
    assert parsed_object(b'\xef\xbb\xbf{"a":1}') == {"a": 1}


def test_the_deepest_allowed_nesting_is_read() -> None:
    assert parsed_object(nested(limits.JSON_DEPTH))


def test_large_whole_numbers_keep_their_digits() -> None:
    assert parsed_object(b'{"a":18446744073709551615}') == {"a": 2**64 - 1}


def test_an_escaped_backslash_before_u0000_is_no_nul() -> None:
    assert parsed_object(b'{"a":"\\\\u0000"}') == {"a": "\\u0000"}


def test_a_surrogate_pair_is_one_character() -> None:
    assert parsed_object(b'{"a":"\\ud83d\\ude00"}') == {"a": "\N{GRINNING FACE}"}


def test_a_pointer_escapes_what_it_must() -> None:
    assert pointer_to("a/b", 0, "c~d") == "/a~1b/0/c~0d"
