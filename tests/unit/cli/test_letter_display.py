"""How dead letters are written for people and programs."""

import json

import pytest
from kabar_chassis.letters.letter import LetterId, letter_of
from kabar_cli.dlq.display import escaped, field_json, json_line, letter_json, letter_page, letter_row
from kabar_contracts.streams import RAW_DEAD

HOSTILE = "\x1b]0;owned\x07\x9b2J\u202egnp.exe\r\x00"


def row(**facts: bytes) -> list[bytes | int]:
    named = [part for name, value in facts.items() for part in (name.replace("__", ".").encode(), value)]
    return [b"1777888999000-0", b"", 10, 3, *named]


@pytest.mark.parametrize("text", [HOSTILE, "\x7f", "\u2066", "\u2028"])
def test_nothing_that_a_terminal_obeys_is_left(text: str) -> None:
    assert escaped(text).isprintable()


def test_lines_tabs_and_letters_of_any_script_stay() -> None:
    text = "Berita\n\tहिन्दी 中文 عربي"
    assert escaped(text) == text


def test_json_with_control_characters_is_safe_and_still_the_same() -> None:
    line = json_line({"text": HOSTILE})
    assert escaped(line) == line
    assert json.loads(line) == {"text": HOSTILE}


def test_a_field_that_is_no_text_is_base64() -> None:
    assert field_json(b"\xff") == {"base64": "/w=="}
    assert field_json("é".encode()) == {"text": "é"}


def test_a_letter_that_says_nothing_is_shown_with_question_marks() -> None:
    letter = letter_of(row(), stream=RAW_DEAD)
    assert letter_row(letter)[2:6] == ("?", "?", "?", "?")
    assert letter_json(letter)["origin"] is None


@pytest.mark.parametrize(
    "origin", [b"", b"{articles}.raw.v1", b"{articles}.enriched.v1 1-0", b"{articles}.raw.v1.dead 1-0", b"other 1-0", b"\xff 1-0"]
)
def test_an_origin_is_only_a_stream_whose_letters_belong_here(origin: bytes) -> None:
    assert letter_of(row(dead__origin=origin), stream=RAW_DEAD).origin is None


def test_broken_facts_are_unknown_and_not_wrong() -> None:
    letter = letter_of(row(dead__attempts=b"many", dead__first_at=b"9" * 40, dead__reason=b"\xff"), stream=RAW_DEAD)
    assert (letter.attempts, letter.first_at_ms, letter.reason) == (None, None, "\ufffd")


def test_a_time_beyond_the_calendar_is_no_time() -> None:
    letter = letter_of([b"18446744073709551615-0", b"", 1, 1], stream=RAW_DEAD)
    assert letter_json(letter)["given_up_at"] is None
    assert letter.letter_id == LetterId.parse("raw:18446744073709551615-0")


def test_a_row_of_a_list_is_one_line_whatever_is_in_it() -> None:
    letter = letter_of(row(article_id=b"a\nb\tc\x1b[2J", dead__reason=b"x" * 1_000), stream=RAW_DEAD)
    assert all(len(cell) <= 120 and cell.isprintable() for cell in letter_row(letter))


def test_a_page_shows_a_long_field_in_part_and_says_so() -> None:
    letter = letter_of(row(), stream=RAW_DEAD)
    page = letter_page(letter, {b"data": b"x" * 1_000_000, HOSTILE.encode("utf-8"): b"\xff\x1b"})
    assert len(page) < 30_000
    assert "--field has all of it" in page
    assert "\\xff\\u001b" in page
    assert "\x1b" not in page
