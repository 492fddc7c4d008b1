"""The enricher: the record of a draft, its channels and its places."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from kabar_contracts.enriched import Block, BlockKind, Caption
from kabar_contracts.raw import ContentForm, ProducerDisclosure, RawArticle
from kabar_enrich.disclosure.enricher import assess_disclosure, detector_version
from kabar_enrich.draft import Draft

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
PAGE = """Beranda

Video

Pasar Malam Kota Lama Dibuka Lagi

Penulis: Sari Dewi
Editor: Bima

Suasana pasar malam. (Ilustrasi: AI)

KABAR.EXAMPLE, Semarang - Pasar malam di kota lama dibuka lagi pekan ini.

Ratusan pedagang menempati lapak baru di tepi sungai.

Artikel ini diterjemahkan menggunakan AI.

Dapatkan berita pilihan

Berita populer

Berita terkini

Konten ini disempurnakan menggunakan AI.
"""


def draft_of(text: str, *, html: str | None = None, declared: tuple[ProducerDisclosure, ...] = (), **known: Any) -> Draft:
    raw = RawArticle(
        article_id="0" * 32,
        revision=1,
        content_form=ContentForm.PAGE_DUMP,
        source="kabar.example",
        received_at=NOW,
        producer_disclosure=declared,
    )
    return Draft(raw=raw, html=html, source_text=text, now=NOW, **known)


def page() -> Draft:
    return draft_of(
        PAGE,
        title="Pasar Malam Kota Lama Dibuka Lagi",
        language="id",
        captions=(Caption(text="Suasana pasar malam."),),
        blocks=(
            Block(kind=BlockKind.PARAGRAPH, text="Pasar malam di kota lama dibuka lagi pekan ini."),
            Block(kind=BlockKind.PARAGRAPH, text="Ratusan pedagang menempati lapak baru di tepi sungai."),
        ),
    )


def record_of(draft: Draft) -> dict[str, Any]:
    assessed = assess_disclosure(draft)
    assert assessed.ai_disclosure is not None
    assessed.ai_disclosure.check_against(draft.source_text, text_sha256=assessed.ai_disclosure.text_sha256)
    record: dict[str, Any] = json.loads(assessed.ai_disclosure.model_dump_json())
    return record


def test_each_piece_of_evidence_says_where_in_the_page_it_stands() -> None:
    record = record_of(page())

    places = {one["activity"]: one["evidence"][0]["position_class"] for one in record["assertions"]}
    assert places == {"illustrated": "caption", "translated": "closing", "edited_improved": "after_article"}
    assert [one["id"] for one in record["assertions"]] == ["a1", "a2", "a3"]


def test_a_page_whose_metadata_names_it_otherwise_has_its_heading_for_a_title() -> None:
    html = "<h1>This article was\n written by AI</h1><p>Rain fell.</p>"
    draft = draft_of("This article was written by AI\n\nRain fell.", html=html, title="AI writes | Kabar")

    assert record_of(draft)["assertions"][0]["evidence"][0]["position_class"] == "title"


def test_what_stands_below_the_first_heading_of_markdown_opens_the_article() -> None:
    blocks = ("# Rain in Semarang", "This article was written by AI.", "## Morning", "Rain fell.")
    draft = draft_of("\n\n".join(blocks), blocks=tuple(Block(kind=BlockKind.PARAGRAPH, text=block) for block in blocks))

    assert record_of(draft)["assertions"][0]["evidence"][0]["position_class"] == "opening"


def test_the_record_says_whether_the_note_survived_in_the_body() -> None:
    note = "This article was written by AI."
    kept = draft_of(note, blocks=(Block(kind=BlockKind.PARAGRAPH, text=note),))

    assert record_of(kept)["assertions"][0]["evidence"][0]["in_cleaned_body"] is True
    assert record_of(draft_of(note))["assertions"][0]["evidence"][0]["in_cleaned_body"] is False


def test_the_time_and_the_version_of_the_rules_are_told() -> None:
    assessed = assess_disclosure(page())

    assert assessed.ai_disclosure is not None
    assert assessed.ai_disclosure.assessed_at == NOW
    assert assessed.rules == {"disclosure": detector_version()}


def test_a_text_that_says_nothing_was_looked_at() -> None:
    record = record_of(draft_of("Hujan turun.", language="id"))

    assert (record["summary"]["status"], record["channels_assessed"]) == ("none_found", ["body_text"])


def test_an_article_without_text_was_not_assessed() -> None:
    record = record_of(draft_of(""))

    assert (record["summary"]["status"], record["channels_assessed"]) == ("not_assessed", [])


@pytest.mark.parametrize(
    "value",
    [
        "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
        "https://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
        "digsrctype:trainedAlgorithmicMedia",
        "https://schema.org/TrainedAlgorithmicMediaDigitalSource",
        "trainedAlgorithmicMedia",
        {"name": "Trained", "uri": "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia", "literal": None},
    ],
)
def test_a_producer_s_digital_source_type_is_an_assertion(value: Any) -> None:
    record = record_of(draft_of("Hujan.", declared=(ProducerDisclosure(name="digitalSourceType", value=value),)))

    (assertion,) = record["assertions"]
    assert (assertion["activity"], assertion["channel"]) == ("generated", "producer_field")
    assert assertion["evidence"][0]["source"] == "raw.value"
    assert record["channels_assessed"] == ["body_text", "producer_field"]
    if isinstance(value, str):
        assert assertion["raw"] == {"name": "digitalSourceType", "value": value}


@pytest.mark.parametrize("value", ["algorithmicMedia", "digitalCapture", "softwareImage", "trained by a human", 7, None, [[[]]]])
def test_a_source_type_that_says_nothing_of_ai_makes_no_assertion(value: Any) -> None:
    record = record_of(draft_of("Hujan.", declared=(ProducerDisclosure(name="digitalSourceType", value=value),)))

    assert (record["summary"]["status"], record["assertions"]) == ("none_found", [])


def test_the_markup_of_a_page_is_read() -> None:
    html = """<html><head><meta name="AI-Disclosure" content="ai-assisted">
    <script type="application/ld+json">{"@graph": [{"@type": "NewsArticle", "image": {"@type": "ImageObject",
    "digitalSourceType": "https://schema.org/TrainedAlgorithmicMediaDigitalSource"}}]}</script>
    <script type="application/ld+json">{broken</script></head>
    <body><article ai-disclosure="none">Hujan.</article></body></html>"""

    record = record_of(draft_of("Hujan.", html=html))

    said = [(one["channel"], one["activity"], one["polarity"], one["object"]) for one in record["assertions"]]
    assert said == [
        ("html_meta", "assisted_unspecified", "affirmed", "article_text"),
        ("html_attr", "none", "denied", "article_text"),
        ("json_ld", "generated", "affirmed", "image"),
    ]
    assert record["channels_assessed"] == ["body_text", "html_meta", "html_attr", "json_ld", "c2pa"]
    assert (record["summary"]["status"], record["summary"]["conflict_types"]) == ("disclosed_mixed", ["channels"])


def test_the_other_grammar_under_the_same_name_is_read_too() -> None:
    html = '<meta name="ai-disclosure" content="ai_summarized; required=true; icon=1">'

    (assertion,) = record_of(draft_of("Hujan.", html=html))["assertions"]
    assert (assertion["activity"], assertion["vocabulary"]) == ("summarised", "drupal-ai-disclosure")


def test_a_value_of_no_grammar_is_not_guessed_at() -> None:
    html = '<meta name="ai-disclosure" content="ai maybe"><meta name="ai-generated" content="soon">'

    assert record_of(draft_of("Hujan.", html=html))["assertions"] == []


def test_the_worked_example_holds_to_the_last_field(eval_dir: Path) -> None:
    text = (eval_dir / "data/articles/tribunnews-page-dump.txt").read_text("utf-8")
    wanted = json.loads((eval_dir / "design/disclosure-example.json").read_text("utf-8"))
    lines = [line for line in text.split("\n") if line]
    byline = next(index for index, line in enumerate(lines) if line.startswith("Penulis:"))
    first = next(index for index, line in enumerate(lines) if " - " in line and index > byline)
    note = lines.index(wanted["assertions"][0]["evidence"][0]["exact"])
    texts = [lines[first].split(" - ", 1)[1], *lines[first + 1 : note]]
    draft = draft_of(
        text,
        title=lines[byline - 1],
        language="id",
        captions=(Caption(text=lines[first - 1]),),
        blocks=tuple(Block(kind=BlockKind.PARAGRAPH, text=line) for line in texts),
    )

    record = record_of(draft)

    wanted |= {"detector_version": record["detector_version"], "assessed_at": record["assessed_at"]}
    wanted["assertions"][0]["method"] = record["assertions"][0]["method"]
    assert record == wanted
