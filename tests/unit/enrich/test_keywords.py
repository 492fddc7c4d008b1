from collections.abc import Callable

from kabar_contracts.enriched import EnrichedArticle
from kabar_enrich.enrichers.keywords import keywords_of

Enriched = Callable[..., EnrichedArticle]
BODY = (
    "Nelayan Tambak Lor kembali melaut setelah mercusuar diperbaiki. Menurut Mulyono Hadi, mercusuar itu padam selama dua tahun. "
    "Para nelayan membayar perbaikan mercusuar dari iuran. Mulyono Hadi berharap pemerintah ikut merawatnya."
)


def test_names_and_rare_words_come_first() -> None:
    names = [tag.name for tag in keywords_of(BODY, title="Mercusuar Tambak Lor Menyala Lagi", language="id")]

    assert names[0] == "mercusuar"
    assert {"Tambak Lor", "Mulyono Hadi"} <= set(names[:5])
    assert "itu" not in names


def test_a_language_without_a_word_list_still_has_keywords() -> None:
    assert keywords_of(BODY, title="", language="jv")


def test_a_language_that_writes_no_spaces_has_none() -> None:
    assert keywords_of(BODY, title="", language="ja-JP") == []


def test_the_keywords_of_the_producer_come_first_and_once(enriched: Enriched) -> None:
    article = enriched(body=BODY, keywords=["Pesisir", "MERCUSUAR", "Pesisir"])

    names = [tag.name for tag in article.tags.keywords]
    assert names[:2] == ["Pesisir", "MERCUSUAR"]
    assert [name.casefold() for name in names].count("mercusuar") == 1


def test_a_short_text_has_no_keywords_of_its_own(enriched: Enriched) -> None:
    assert enriched(body="Jembatan ditutup.").tags.keywords == ()
