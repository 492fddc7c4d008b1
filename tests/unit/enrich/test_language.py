from collections.abc import Callable

import pytest
from kabar_contracts.enriched import EnrichedArticle
from kabar_enrich.enrichers.language import language_of

INDONESIAN = (
    "Kepala desa mengatakan bahwa jembatan itu sudah tua dan warga tidak berani lagi menyeberang pada malam hari ketika hujan turun."
)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (INDONESIAN, "id"),
        ("The council said that the old bridge would be closed at night because nobody could see the holes in its floor any more.", "en"),
        (
            "Ketua kampung kata jambatan itu sudah lama dan penduduk tidak berani lagi kerana kerajaan belum membaikinya walaupun diminta.",
            "ms",
        ),
        ("Der Rat teilte mit, dass die alte Brücke nachts geschlossen wird, weil niemand mehr die Löcher im Boden sehen kann.", "de"),
    ],
)
def test_the_language_of_a_paragraph_is_known(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize("text", ["", "Ya.", "12:30 - 14:00", "OK!! \x00\x01"])
def test_a_text_that_is_too_short_is_undetermined(text: str) -> None:
    assert language_of(text) == "und"


def test_control_characters_do_not_stop_the_detector() -> None:
    assert language_of(INDONESIAN.replace(" ", "\x0b ", 3) + "\x00\ud800") == "id"


def test_the_language_that_the_producer_gives_wins(enriched: Callable[..., EnrichedArticle]) -> None:
    assert enriched(body=INDONESIAN, language="jv").language == "jv"
