"""Page dumps of invented outlets, each in a shape of its own, and what must become of them."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from kabar_contracts.enriched import BlockKind, Caption, Dateline, EnrichedArticle

SAMPLES = Path(__file__).parent / "samples"


Enriched = Callable[..., EnrichedArticle]


@pytest.fixture(scope="module")
def sample(enriched_dump: Enriched) -> Enriched:
    found: dict[str, EnrichedArticle] = {}

    def read(name: str) -> EnrichedArticle:
        if name not in found:
            found[name] = enriched_dump((SAMPLES / name).read_text("utf-8"))
        return found[name]

    return read


def headings(article: EnrichedArticle) -> list[str]:
    return [block.text for block in article.blocks if block.kind is BlockKind.HEADING]


@pytest.mark.parametrize(
    ("name", "title", "section", "authors", "editors", "language"),
    [
        (
            "harian_pesisir.txt",
            "Warga Tambak Lor Menanam Sepuluh Ribu Bibit Bakau",
            "Semarang",
            ("Rahmat Setiadi",),
            ("Lestari Widodo",),
            "id",
        ),
        ("kantor_kabar.txt", "Panen Garam Madura Naik Dua Kali Lipat", None, ("Siti Rahma",), ("Yusuf Bahri",), "id"),
        (
            "northern_ledger.txt",
            "Ferry town votes to keep its last crossing open for another decade",
            "River towns",
            ("HELEN MARSH", "Tomas Okafor"),
            (),
            "en",
        ),
        ("metro_review_wrapped.txt", "City to test silent night trams on two lines from October", "TRANSPORT", ("Priya Nand",), (), "en"),
    ],
)
def test_the_head_of_a_dump_is_read(
    sample: Enriched, name: str, title: str, section: str | None, authors: tuple[str, ...], editors: tuple[str, ...], language: str
) -> None:
    article = sample(name)

    assert (article.title, article.section, article.authors, article.editors, article.language) == (
        title,
        section,
        authors,
        editors,
        language,
    )


@pytest.mark.parametrize(
    ("name", "dateline"),
    [
        ("harian_pesisir.txt", Dateline(place="Semarang", source="HARIANPESISIR.com")),
        ("kantor_kabar.txt", Dateline(place="Pamekasan", source="KKN")),
        ("northern_ledger.txt", Dateline(place="Ardlow", date=dt.date(2025, 3, 4), source="Northern Wire")),
        ("metro_review_wrapped.txt", None),
    ],
)
def test_the_dateline_of_a_dump_is_read(sample: Enriched, name: str, dateline: Dateline | None) -> None:
    assert sample(name).dateline == dateline


@pytest.mark.parametrize(
    ("name", "first", "last", "cross_heads"),
    [
        ("harian_pesisir.txt", "Ratusan warga Desa Tambak Lor", "pemecah ombak pada tahun depan.", ["Dana dari iuran"]),
        ("kantor_kabar.txt", "Petani garam di pesisir selatan", "separuh hasil panen.", []),
        (
            "northern_ledger.txt",
            "Residents of a small river town",
            "until the contract ends.",
            ["A narrow budget", "Who pays when it breaks?"],
        ),
        ("metro_review_wrapped.txt", "The city's transport board", "lines of the network.", ["What it costs"]),
    ],
)
def test_the_body_of_a_dump_is_the_article_alone(sample: Enriched, name: str, first: str, last: str, cross_heads: list[str]) -> None:
    article = sample(name)

    assert article.body.startswith(first)
    assert article.body.endswith(last)
    assert headings(article) == cross_heads
    assert "Baca juga" not in article.body
    assert "Read more" not in article.body


@pytest.mark.parametrize(
    ("name", "captions"),
    [
        (
            "harian_pesisir.txt",
            (
                Caption(
                    text="Warga menanam bibit bakau di pesisir Tambak Lor, Selasa (11/3/2025).",
                    credit="HARIAN PESISIR/RAHMAT SETIADI",
                ),
            ),
        ),
        ("northern_ledger.txt", (Caption(text="The ferry leaves the slipway at Ardlow on Monday.", credit="Jo Pell/Northern Ledger"),)),
        ("metro_review_wrapped.txt", ()),
    ],
)
def test_the_captions_of_a_dump_have_their_credit(sample: Enriched, name: str, captions: tuple[Caption, ...]) -> None:
    assert sample(name).captions == captions


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("harian_pesisir.txt", dt.datetime(2025, 3, 12, 2, 15, tzinfo=dt.UTC)),
        ("kantor_kabar.txt", dt.datetime(2025, 9, 3, 6, 20, tzinfo=dt.UTC)),
        ("northern_ledger.txt", dt.datetime(2025, 3, 4, 10, 30, tzinfo=dt.UTC)),
        ("metro_review_wrapped.txt", None),
    ],
)
def test_a_time_with_its_zone_is_the_time_of_publication(sample: Enriched, name: str, moment: dt.datetime | None) -> None:
    assert sample(name).published_at == moment


def test_a_wrapped_text_has_its_paragraphs_joined(sample: Enriched) -> None:
    assert "squealing wheels on the tight curves" in sample("metro_review_wrapped.txt").body


def test_a_dump_without_running_text_has_a_warning_and_no_body(enriched_dump: Enriched) -> None:
    article = enriched_dump("Home\n\nNews\n\nSport\n\nLogin")

    assert article.body == ""
    assert [warning.code for warning in article.warnings] == ["no_body"]
