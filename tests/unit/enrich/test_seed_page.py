"""The page that the project was started from, and what it must become."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kabar_contracts.enriched import BlockKind, EnrichedArticle

Enriched = Callable[..., EnrichedArticle]


@pytest.fixture(scope="module")
def seed(eval_dir: Path, enriched_dump: Enriched) -> EnrichedArticle:
    return enriched_dump((eval_dir / "data/articles/tribunnews-page-dump.txt").read_text("utf-8"), source="unknown")


def test_the_head_of_the_seed_page_is_read(seed: EnrichedArticle) -> None:
    assert seed.title == "Kerja Sama Militer Rusia dan Korut Dikecam oleh AS dan Sekutu"
    assert seed.section == "Konflik Rusia Vs Ukraina"
    assert seed.authors == ("Andari Wulan Nugrahani",)
    assert seed.editors == ("timtribunsolo",)
    assert seed.source == "tribunnews.com"
    assert seed.language == "id"


def test_the_dateline_of_the_seed_page_is_read(seed: EnrichedArticle) -> None:
    assert seed.dateline is not None
    assert (seed.dateline.place, seed.dateline.date) == ("Lima", dt.date(2024, 11, 15))


def test_the_paragraph_before_the_dateline_is_the_caption_of_the_seed_page(seed: EnrichedArticle) -> None:
    assert [caption.text.split(".")[0] for caption in seed.captions] == ["Presiden Amerika Serikat (AS), Joe Biden"]


def test_the_body_of_the_seed_page_is_the_article_alone(seed: EnrichedArticle) -> None:
    assert seed.body.startswith("Amerika Serikat (AS), Korea Selatan (Korsel), dan Jepang secara tegas")
    assert seed.body.endswith("menghadapi tantangan keamanan global.")
    assert len([block for block in seed.blocks if block.kind is BlockKind.HEADING]) == 3
    assert "Kecerdasan Buatan" not in seed.body


def test_the_speakers_of_the_seed_page_are_found(seed: EnrichedArticle) -> None:
    assert [quote.speaker for quote in seed.quotes] == ["Biden", "Yoon", "pernyataan tersebut"]


def test_the_disclosure_record_of_the_seed_page_is_the_worked_example(seed: EnrichedArticle, eval_dir: Path) -> None:
    expected: dict[str, Any] = json.loads((eval_dir / "design/disclosure-example.json").read_text("utf-8"))
    assert seed.ai_disclosure is not None

    record = seed.ai_disclosure.model_dump(mode="json")

    for name in ("detector_version", "assessed_at"):
        expected[name] = record[name]
    expected["assertions"][0]["method"] = record["assertions"][0]["method"]
    assert record == expected
