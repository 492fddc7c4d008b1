"""The entry codec: what is written is read, and what breaks the contract is refused by the name of its field."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kabar_contracts import entry, identity, limits
from kabar_contracts.entry import Entry, InvalidEntryError

ARTICLE_ID = "0123456789abcdef0123456789abcdef"
FIELDS = {b"data": b"{}", b"content_type": b"application/json", b"article_id": ARTICLE_ID.encode(), b"revision": b"1772849100000"}

# A busy machine is no failure.
unhurried = settings(deadline=None, max_examples=60)

texts = st.text(st.characters(codec="utf-8"), max_size=60)
carried = st.fixed_dictionaries({"page": st.binary(max_size=200), "page_content_type": texts.filter(bool)})
entries = st.builds(
    lambda required, page: Entry(**required, **page),
    st.fixed_dictionaries(
        {
            "data": st.binary(max_size=200),
            "article_id": st.text("0123456789abcdef", min_size=32, max_size=32),
            "revision": st.integers(0, identity.LARGEST_REVISION),
            "traceparent": st.none() | texts,
        }
    ),
    st.just({}) | carried,
)


@unhurried
@given(entries)
def test_an_entry_that_is_written_is_read_as_it_was(written: Entry) -> None:
    assert entry.decode(entry.encode(written)) == written


@unhurried
@given(entries, st.dictionaries(st.binary(min_size=18, max_size=20), st.binary(max_size=20), max_size=3))
def test_unknown_fields_are_ignored(written: Entry, unknown: dict[bytes, bytes]) -> None:
    assert entry.decode(unknown | entry.encode(written)) == written


@unhurried
@given(st.dictionaries(st.sampled_from([*sorted(FIELDS), b"traceparent", b"page", b"page_content_type"]), st.binary(max_size=40)))
def test_any_fields_are_read_or_refused_by_name(fields: dict[bytes, bytes]) -> None:
    try:
        read = entry.decode(FIELDS | fields)
    except InvalidEntryError as error:
        assert error.field.encode() in fields  # noqa: PT017  # either outcome is right
    else:
        assert read.content_type == entry.JSON


def test_without_a_content_type_the_data_is_json() -> None:
    assert entry.decode({name: value for name, value in FIELDS.items() if name != b"content_type"}).content_type == "application/json"


def test_a_page_without_a_type_is_written_as_html() -> None:
    fields = entry.encode(Entry(data=b"{}", article_id=ARTICLE_ID, revision=1, page=b"<p>"))

    assert fields[b"page_content_type"] == b"text/html"


@pytest.mark.parametrize("field", ["data", "article_id", "revision"])
def test_a_required_field_that_is_missing_is_named(field: str) -> None:
    with pytest.raises(InvalidEntryError, match="missing") as caught:
        entry.decode({name: value for name, value in FIELDS.items() if name != field.encode()})

    assert caught.value.field == field


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("content_type", b"application/xml", "is not application/json"),
        ("article_id", ARTICLE_ID[:31].encode(), "32 lower-case hex"),
        ("article_id", ARTICLE_ID.upper().encode(), "32 lower-case hex"),
        ("article_id", ARTICLE_ID.encode() + b"\n", "32 lower-case hex"),
        ("revision", b"", "whole number"),
        ("revision", b"-1", "whole number"),
        ("revision", b"1.5", "whole number"),
        ("revision", b"1 ", "whole number"),
        ("revision", "١٢".encode(), "whole number"),
        ("revision", b"%d" % (identity.LARGEST_REVISION + 1), "up to 4503599627370496"),
        ("revision", b"9" * 5_000, "whole number"),
        ("traceparent", b"\xff", "not UTF-8"),
        ("page_content_type", b"\xff", "not UTF-8"),
    ],
)
def test_a_field_that_breaks_the_contract_is_named_with_the_reason(field: str, value: bytes, reason: str) -> None:
    with pytest.raises(InvalidEntryError, match=reason) as caught:
        entry.decode(FIELDS | {field.encode(): value})

    assert caught.value.field == field
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(("field", "limit"), [("data", "DATA_BYTES"), ("page", "PAGE_BYTES")])
def test_a_field_over_its_limit_is_refused(field: str, limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, limit, 10)

    with pytest.raises(InvalidEntryError, match="11 bytes are more than 10"):
        entry.decode(FIELDS | {field.encode(): b"x" * 11})
