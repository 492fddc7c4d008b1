"""What a message refuses."""

from typing import Any

import pytest
from kabar_contracts import limits
from kabar_contracts.enriched import EnrichedArticle
from kabar_contracts.examples import examples
from kabar_contracts.raw import RawArticle
from pydantic import ValidationError

RAW = {"article_id": "0" * 32, "revision": 1, "content_form": "none", "source": "warta.example", "received_at": "2026-03-01T00:00:00Z"}
TOMBSTONE = next(example for example in examples("enriched-article") if example.name == "takedown").message


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"published_at": "0001-01-01T00:00:00+14:00"}, "outside the years"),
        ({"published_at": "9999-12-31T23:59:59-12:00"}, "outside the years"),
        ({"published_at": "2026-03-01T00:00:00"}, "timezone"),
        ({"source": "warta example"}, "pattern"),
        ({"source": "warta/example"}, "pattern"),
        ({"native_id": "a\nb"}, "pattern"),
        ({"native_id": ""}, "at least 1"),
        ({"url": "ftp://warta.example/"}, "pattern"),
        ({"url": "https://"}, "pattern"),
        ({"url": "https://warta.example/" + "a" * limits.URL_CHARACTERS}, "at most"),
        ({"language": "Indonesian"}, "pattern"),
        ({"country": "id"}, "pattern"),
        ({"authors": ["x"] * (limits.NAMES + 1)}, "at most"),
        ({"authors": ["x" * (limits.NAME_CHARACTERS + 1)]}, "at most"),
        ({"page_headers": {f"x-{number}": "" for number in range(limits.HEADERS + 1)}}, "at most"),
        ({"page_headers": {"x": "y" * (limits.HEADER_CHARACTERS + 1)}}, "at most"),
        ({"revision": 2**52 + 1}, "less than or equal"),
        ({"schema_version": 2}, "Input should be 1"),
        ({"status": "deleted"}, "usable"),
    ],
)
def test_a_raw_article_refuses_what_is_out_of_bounds(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        RawArticle.model_validate(RAW | change)


def test_a_time_is_kept_in_utc() -> None:
    article = RawArticle.model_validate(RAW | {"published_at": "2026-03-01T07:00:00+07:00"})

    assert article.model_dump(mode="json")["published_at"] == "2026-03-01T00:00:00Z"


def test_a_message_cannot_be_changed() -> None:
    article = RawArticle.model_validate(RAW)

    with pytest.raises(ValidationError, match="frozen"):
        article.title = "Another one"  # type: ignore[misc]  # that is the point


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Judul"},
        {"lead": "Teras"},
        {"body": "Isi"},
        {"blocks": [{"kind": "paragraph", "text": "Isi"}]},
        {"captions": [{"text": "Foto"}]},
        {"quotes": [{"text": "Kata"}]},
        {"notes": [{"kind": "update", "text": "Diperbarui"}]},
        {"extra": {"abstract": "Isi"}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_tombstone_has_no_text(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="carries no text"):
        EnrichedArticle.model_validate(TOMBSTONE | change)


def test_a_score_that_json_cannot_say_is_refused() -> None:
    with pytest.raises(ValidationError, match="finite"):
        EnrichedArticle.model_validate(TOMBSTONE | {"topics": [{"code": "medtop:04000000", "name": "x", "score": float("nan")}]})


@pytest.mark.parametrize("text", [b'"\\ud800"', b'"\xff"'])
def test_text_that_is_no_unicode_is_refused(text: bytes) -> None:
    with pytest.raises(ValidationError):
        RawArticle.model_validate_json(b'{"title": %b}' % text)
