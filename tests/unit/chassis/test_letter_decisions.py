"""What is decided about dead letters, without a server."""

import asyncio
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from articles import enriched_article, enriched_fields, raw_article, raw_fields
from kabar_chassis.delivery.dead_letters import letter_fields, lookup_member
from kabar_chassis.delivery.faults import message_faults
from kabar_chassis.delivery.outcome import Dead, Delivery, Reason
from kabar_chassis.letters.choice import Choice, Handled
from kabar_chassis.letters.editing import InvalidEditError, changes, editable, edited_fields, with_value, without_value
from kabar_chassis.letters.letter import Letter, LetterId, Mark
from kabar_chassis.letters.pace import Pace, letters_a_second
from kabar_contracts.raw import ContentForm, RawArticle
from kabar_contracts.streams import ENRICHED, RAW, RAW_DEAD
from letters import GIVEN_UP
from pydantic import ValidationError

RUNBOOK = Path(__file__).parents[3] / "deploy" / "runbook.md"


def letter(number: int = 1_000, **changed: Any) -> Letter:
    values: dict[str, Any] = {
        "letter_id": LetterId(RAW_DEAD, f"{number}-0"),
        "reason": "invalid_message",
        "detail": "",
        "stage": "enrich",
        "attempts": 1,
        "first_at_ms": 1,
        "last_at_ms": 2,
        "origin": RAW,
        "origin_id": "1-0",
        "article_id": "a" * 32,
        "revision": "1",
        "source": "warta.example",
        "size_bytes": 10,
        "field_count": 4,
    } | changed
    return Letter(**values)


@pytest.mark.parametrize("reason", list(Reason))
def test_the_runbook_explains_every_reason(reason: Reason) -> None:
    assert f"| `{reason.value}` |" in RUNBOOK.read_text()


def test_a_letter_id_reads_as_it_is_written() -> None:
    assert str(LetterId.parse("raw:1777888999000-7")) == "raw:1777888999000-7"
    assert LetterId.parse("enriched:0012-0").entry_id == "12-0"


@pytest.mark.parametrize("text", ["", "raw:", "raw:1", "other:1-0", "raw:1-0;x", "raw:99999999999999999999-0", "1-0", "raw:\u0661-0"])
def test_what_is_no_letter_id_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="raw:1777888999000-0"):
        LetterId.parse(text)


@pytest.mark.parametrize(
    ("choice", "meant"),
    [
        (Choice(), True),
        (Choice(reasons=("invalid_message", "invalid_entry")), True),
        (Choice(reasons=("invalid_entry",)), False),
        (Choice(sources=("warta.example",), stages=("enrich",)), True),
        (Choice(sources=("harian.example",)), False),
        (Choice(stages=("index",)), False),
        (Choice(article_id="a" * 32), True),
        (Choice(article_id="b" * 32), False),
        (Choice(handled=Handled.WAITING), True),
        (Choice(handled=Handled.REPLAYED), False),
    ],
)
def test_a_letter_is_meant_when_every_part_of_the_filter_fits(choice: Choice, meant: bool) -> None:  # noqa: FBT001  # a parameter of the table
    assert choice.includes(letter()) is meant


def test_a_replayed_letter_does_not_wait() -> None:
    replayed = letter(mark=Mark(times=1, at_ms=5, stream=RAW.name, entry_id="9-0"))
    assert Choice(handled=Handled.REPLAYED).includes(replayed)
    assert not Choice(handled=Handled.WAITING).includes(replayed)


@pytest.mark.parametrize(
    ("choice", "spanned"),
    [
        (Choice(), True),
        (Choice(since_ms=1_000, until_ms=1_000), True),
        (Choice(since_ms=1_001), False),
        (Choice(until_ms=999), False),
        (Choice(newest={RAW_DEAD.name: "1000-0"}), True),
        (Choice(newest={RAW_DEAD.name: "999-5"}), False),
        (Choice(newest={RAW_DEAD.name: "0-0"}), False),
        (Choice(until_ms=999, newest={RAW_DEAD.name: "2000-0"}), False),
    ],
)
def test_the_place_of_a_letter_is_within_the_times_that_are_meant(choice: Choice, spanned: bool) -> None:  # noqa: FBT001  # as above
    assert choice.spans(letter()) is spanned


@pytest.mark.parametrize(
    ("value", "mark"),
    [
        ("2 1700 {articles}.raw.v1 1-0 edited /title", Mark(times=2, at_ms=1700, stream=RAW.name, entry_id="1-0", note="edited /title")),
        ("1 1700 {articles}.raw.v1 1-0 ", Mark(times=1, at_ms=1700, stream=RAW.name, entry_id="1-0")),
        ("something else", None),
        ("", None),
    ],
)
def test_a_mark_is_read_where_it_is_ours(value: str, mark: Mark | None) -> None:
    assert Mark.parse(value) == mark


@pytest.mark.parametrize(("text", "rate"), [("50/s", 50.0), ("600/m", 10.0), ("50", 50.0), ("1800/h", 0.5), ("0.5/s", 0.5)])
def test_a_rate_is_letters_a_second(text: str, rate: float) -> None:
    assert letters_a_second(text) == pytest.approx(rate)


@pytest.mark.parametrize("text", ["", "0", "-1/s", "fast", "50/d", "10001/s", "1e3"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="50/s"):
        letters_a_second(text)


@dataclass
class Hands:
    """A clock that only sleeping moves."""

    at: float = 100.0
    slept: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


def test_letters_go_no_faster_than_the_rate() -> None:
    hands = Hands()
    pace = Pace(a_second=50, clock=lambda: hands.at, sleep=hands.sleep)

    async def hundred() -> None:
        for _ in range(101):
            await pace.turn()

    asyncio.run(hundred())
    assert hands.at - 100.0 == pytest.approx(2.0)


def test_a_pause_is_not_made_up_for_with_a_burst() -> None:
    hands = Hands()
    pace = Pace(a_second=10, clock=lambda: hands.at, sleep=hands.sleep)

    async def after_a_pause() -> None:
        await pace.turn()
        hands.at += 60
        await pace.turn()
        await pace.turn()

    asyncio.run(after_a_pause())
    assert hands.slept == [pytest.approx(0.1)]


@pytest.mark.parametrize(
    ("data", "source"),
    [
        (b'{"source": "warta.example"}', b"warta.example"),
        (b'{"source": 5}', None),
        (b'["source"]', None),
        (b'{"source": ""}', None),
        (b'{"source": "' + b"x" * 300 + b'"}', None),
        (b"\xff\xfe", None),
        (b"[" * 100_000, None),
        (b"", None),
    ],
)
def test_a_letter_names_its_source_where_the_message_can_be_read(data: bytes, source: bytes | None) -> None:
    delivery = Delivery(entry_id=b"1-0", fields={b"data": data})
    fields = letter_fields(delivery, Dead(Reason.INVALID_MESSAGE, ""), stream=RAW.name, stage="enrich", now=GIVEN_UP)
    assert fields.get(b"dead.source") == source


@pytest.mark.parametrize("article_id", [None, b"", b"A" * 32, b"a" * 31, b"a" * 33, b"\xff" * 32, b"a" * 32 + b"\n"])
def test_a_letter_without_a_valid_article_id_is_still_in_the_lookup(article_id: bytes | None) -> None:
    assert lookup_member(article_id, b"5-0") == b"?:5-0"


def test_a_value_is_set_and_another_removed_by_their_pointers() -> None:
    data = b'{"title": "lama", "extra": {"a/b": [1, 2]}, "page_headers": {}}'
    data = with_value(data, "/title", "baru")
    data = with_value(data, "/extra/a~1b/0", 9)
    data = with_value(data, "/extra/a~1b/-", 3)
    data = without_value(data, "/page_headers")
    assert json.loads(data) == {"title": "baru", "extra": {"a/b": [9, 2, 3]}}


@pytest.mark.parametrize("pointer", ["title", "", "/none/deeper", "/keywords/7", "/keywords/x", "/title/deeper"])
def test_a_pointer_to_nowhere_is_named(pointer: str) -> None:
    with pytest.raises(InvalidEditError, match=pointer or "pointer"):
        with_value(b'{"title": "x", "keywords": []}', pointer, 1)


@pytest.mark.parametrize("data", [b"\xff", b"[1]", b"", b"[" * 100_000])
def test_a_message_that_is_no_object_cannot_be_edited_by_pointer(data: bytes) -> None:
    with pytest.raises(InvalidEditError):
        with_value(data, "/title", "x")


def test_an_edit_keeps_numbers_that_a_float_cannot_hold() -> None:
    assert b"123456789012345678901234567890" in with_value(b'{"extra": {"n": 123456789012345678901234567890}}', "/title", "x")


def test_a_message_that_is_no_json_is_edited_as_it_is() -> None:
    assert editable(b"\x00\xff{") == b"\x00\xff{"
    assert editable(b'{"a":"\xc3\xa9"}') == '{\n  "a": "é"\n}\n'.encode()


def test_an_edited_message_keeps_id_revision_and_the_other_fields() -> None:
    fields = raw_fields(raw_article()) | {b"traceparent": b"00-1-2-01", b"x-own": b"\xff"}
    data = with_value(fields[b"data"], "/title", "Judul baru")
    edited = edited_fields(fields, data, origin=RAW)
    assert {name: value for name, value in edited.items() if name != b"data"} == {k: v for k, v in fields.items() if k != b"data"}
    assert RawArticle.model_validate_json(edited[b"data"]).title == "Judul baru"


def test_an_edited_message_gives_its_id_and_revision_to_an_entry_that_has_none() -> None:
    article = raw_article()
    edited = edited_fields({b"content_type": b"text/plain"}, article.model_dump_json().encode(), origin=RAW)
    assert edited == raw_fields(article)


@pytest.mark.parametrize(
    ("fields", "data", "fault"),
    [
        ({}, b"{}", "/article_id"),
        ({}, b"\xff", "/:"),
        ({b"traceparent": b"\xff"}, raw_article().model_dump_json().encode(), "traceparent"),
        ({}, raw_article(content_form=ContentForm.PAGE, body=None).model_dump_json().encode(), "page"),
    ],
)
def test_an_edit_that_breaks_the_contract_says_where(fields: dict[bytes, bytes], data: bytes, fault: str) -> None:
    with pytest.raises(InvalidEditError, match=fault):
        edited_fields(fields, data, origin=RAW)


def test_an_enriched_letter_is_held_to_the_enriched_contract() -> None:
    fields = enriched_fields(enriched_article())
    assert edited_fields(fields, fields[b"data"], origin=ENRICHED) == fields
    with pytest.raises(InvalidEditError):
        edited_fields(fields, raw_article().model_dump_json().encode(), origin=ENRICHED)


def test_the_note_of_an_edit_has_names_and_no_values() -> None:
    before = {b"data": b'{"title": "rahasia", "url": "u"}', b"revision": b"1", b"x": b"1"}
    after = {b"data": b'{"title": "lain", "lead": "rahasia"}', b"revision": b"2"}
    assert changes(before, after) == "edited /lead /title /url revision x"


def test_the_faults_of_a_message_are_named_without_its_words() -> None:
    with pytest.raises(ValidationError) as caught:
        RawArticle.model_validate_json(b'{"title": ["rahasia"], "revision": "rahasia", "content_form": "rahasia"}')
    faults = message_faults(caught.value)
    assert "/title: " in faults
    assert "rahasia" not in faults


def test_only_the_first_faults_are_named() -> None:
    with pytest.raises(ValidationError) as caught:
        RawArticle.model_validate({"keywords": [1] * 50})
    assert message_faults(caught.value).endswith("more")
