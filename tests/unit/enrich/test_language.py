import json
from collections.abc import Callable
from pathlib import Path

import pytest
from kabar_contracts.enriched import EnrichedArticle
from kabar_enrich.enrichers.language import BLOCKS, language_of, reading_of

INDONESIAN = (
    "Kepala desa mengatakan bahwa jembatan itu sudah tua dan warga tidak berani lagi menyeberang pada malam hari ketika hujan turun."
)
ENGLISH = "The council said that the old bridge would be closed at night because nobody could see the holes in its floor any more."
MALAY = "Ketua kampung kata jambatan itu sudah lama dan penduduk tidak berani lagi kerana kerajaan belum membaikinya walaupun diminta."
GERMAN = "Der Rat teilte mit, dass die alte Brücke nachts geschlossen wird, weil niemand mehr die Löcher im Boden sehen kann."
SENTENCES = [json.loads(line) for line in Path("tests/evaluation/language-sentences.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize(("text", "language"), [(INDONESIAN, "id"), (ENGLISH, "en"), (MALAY, "ms"), (GERMAN, "de")])
def test_the_language_of_a_paragraph_is_known(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize("language", sorted({row["language"] for row in SENTENCES}))
def test_sentences_together_are_told_in_every_language(language: str) -> None:
    texts = [row["text"] for row in SENTENCES if row["language"] == language]

    assert language_of(" ".join(texts)) == language


def test_nearly_every_single_sentence_is_told() -> None:
    wrong = [row for row in SENTENCES if language_of(row["text"]) != row["language"]]

    assert len(wrong) <= 0.02 * len(SENTENCES)


@pytest.mark.parametrize(
    "text", ["", "Ya.", "12:30 - 14:00", "OK!! \x00\x01", "山田", "https://koran.example/berita/2024/11/15/jalan-baru-dibuka", "☕ ☔ ⚽"]
)
def test_a_text_that_is_too_short_or_no_language_is_undetermined(text: str) -> None:
    assert language_of(text) == "und"


def test_a_script_that_one_language_writes_tells_it_from_a_few_letters() -> None:
    assert [language_of(text) for text in ("สวัสดีครับ", "오늘의 주요 뉴스", "今日の主なニュース", "今天的主要新闻")] == [
        "th",
        "ko",
        "ja",
        "zh",
    ]


def test_names_in_latin_letters_do_not_hide_the_language_around_them() -> None:
    assert language_of("กระทรวงจะใช้ Microsoft Windows Server และ Google Cloud Platform ในปีหน้า") == "th"
    assert language_of("新系统将从明年开始使用 Microsoft Windows Server 和 Google Cloud Platform。") == "zh"


def test_a_japanese_name_does_not_make_a_chinese_text_japanese() -> None:
    assert language_of("记者从东京获悉，这家名为「の」的商店将于下个月在上海开设第一家分店，并计划招聘五十名员工。") == "zh"  # noqa: RUF001  # as Chinese is written


def test_control_characters_do_not_stop_the_detector() -> None:
    assert language_of(INDONESIAN.replace(" ", "\x0b ", 3) + "\x00\ud800") == "id"


def test_an_article_with_a_long_part_in_another_language_is_mixed() -> None:
    reading = reading_of([INDONESIAN, INDONESIAN, INDONESIAN, ENGLISH, ENGLISH])

    assert (reading.language, reading.others) == ("id", ("en",))


def test_a_quotation_does_not_make_an_article_mixed() -> None:
    reading = reading_of([*[INDONESIAN] * 8, ENGLISH])

    assert (reading.language, reading.others) == ("id", ())


def test_neighbouring_languages_are_not_told_to_be_mixed() -> None:
    assert reading_of([INDONESIAN, MALAY, INDONESIAN, MALAY]).others == ()


def test_only_so_many_blocks_of_a_mixed_text_are_read() -> None:
    assert reading_of([INDONESIAN] * 2 * BLOCKS + [ENGLISH] * BLOCKS).language == "id"


def test_a_hint_decides_between_readings_that_are_about_equally_good() -> None:
    doubtful = "Banjir di kampung itu belum surut."

    assert (language_of(doubtful, hint="ms"), language_of(doubtful, hint="id")) == ("ms", "id")


def test_a_hint_does_not_overrule_a_clear_text() -> None:
    assert (language_of(GERMAN, hint="id"), language_of(ENGLISH, hint="fr"), language_of(INDONESIAN, hint="xx")) == ("de", "en", "id")


def test_the_language_that_the_producer_gives_wins(enriched: Callable[..., EnrichedArticle]) -> None:
    assert enriched(body=INDONESIAN, language="jv").language == "jv"


def test_a_mixed_article_says_so_in_its_warnings(enriched: Callable[..., EnrichedArticle]) -> None:
    article = enriched(body=f"{INDONESIAN}\n\n{INDONESIAN}\n\n{INDONESIAN}\n\n{ENGLISH}\n\n{ENGLISH}")

    assert article.language == "id"
    assert [warning.code for warning in article.warnings] == ["mixed_languages"]
