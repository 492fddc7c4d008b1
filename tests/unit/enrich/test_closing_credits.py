from collections.abc import Callable

import pytest
from kabar_contracts.enriched import EnrichedArticle
from kabar_enrich.anatomy.byline import Byline
from kabar_enrich.enrichers.closing_credit import credit_at_end

TEXT = "Kapal pertama berangkat pada Sabtu pagi dengan dua ratus penumpang di dalamnya."


@pytest.mark.parametrize(
    ("credit", "names"),
    [
        (" (bdi/str)", Byline()),
        (" [gg]", Byline()),
        (" — Reuters", Byline()),
        (" (Antara)", Byline()),
        (" (Reporting by Jane Doe; editing by Max Roe)", Byline(("Jane Doe",), ("Max Roe",))),
        (" (Pewarta: Budi Hadi/Editor: Siti Rahma)", Byline(("Budi Hadi",), ("Siti Rahma",))),
    ],
)
def test_a_credit_behind_the_last_sentence_is_told(credit: str, names: Byline) -> None:
    assert credit_at_end(TEXT + credit) == (TEXT, names)


@pytest.mark.parametrize(
    "end", ["", " (AS)", " (17/8)", " (and/or)", " — selesai", " (Hasilnya diumumkan pekan depan.)", " Penumpang membeli kopi (hitam)"]
)
def test_what_is_no_credit_stays(end: str) -> None:
    assert credit_at_end(TEXT + end) is None


def test_the_names_in_a_closing_credit_fill_the_fields_that_are_empty(enriched: Callable[..., EnrichedArticle]) -> None:
    article = enriched(language="id", body=f"{TEXT}\n\n{TEXT} (Pewarta: Budi Hadi/Editor: Siti Rahma)", authors=["Jane Doe"])

    assert article.body == f"{TEXT}\n\n{TEXT}"
    assert (article.authors, article.editors) == (("Jane Doe",), ("Siti Rahma",))
