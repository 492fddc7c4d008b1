import datetime as dt
from collections.abc import Callable

import pytest
from kabar_contracts.enriched import Dateline, EnrichedArticle
from kabar_enrich.anatomy.dateline import dateline_in

TEXT = "Pemerintah daerah membuka kembali pelabuhan lama setelah dua tahun ditutup."
REFERENCE = dt.date(2025, 1, 10)


@pytest.mark.parametrize(
    ("opening", "dateline"),
    [
        ("HARIANPESISIR.COM, Lima, 15 November 2024 - ", Dateline(place="Lima", date=dt.date(2024, 11, 15), source="HARIANPESISIR.COM")),
        ("JAKARTA, PESISIR.com - ", Dateline(place="Jakarta", source="PESISIR.com")),
        ("Jakarta (ANTARA) - ", Dateline(place="Jakarta", source="ANTARA")),
        ("LONDON, Nov 24 (Reuters) - ", Dateline(place="London", date=dt.date(2024, 11, 24), source="Reuters")),
        ("NEW YORK — ", Dateline(place="New York")),
        ("Jakarta - ", Dateline(place="Jakarta")),
        ("PESISIR.CO.ID - JAKARTA. ", Dateline(place="Jakarta", source="PESISIR.CO.ID")),
        ("(ANSA) - ROMA, 5 NOV - ", Dateline(place="Roma", date=dt.date(2024, 11, 5), source="ANSA")),
        ("Madrid, 15 nov (EFE).- ", Dateline(place="Madrid", date=dt.date(2024, 11, 15), source="EFE")),
        ("Berlin (epd). ", Dateline(place="Berlin", source="epd")),
        ("MOSCOW, November 24. /TASS/. ", Dateline(place="Moscow", date=dt.date(2024, 11, 24), source="TASS")),
        ("PESISIR.CO.ID | SURABAYA - ", Dateline(place="Surabaya", source="PESISIR.CO.ID")),
        ("Surabaya, 24/11 (ANTARA) - ", Dateline(place="Surabaya", source="ANTARA")),
        ("SINGAPORE: ", Dateline(place="Singapore")),
        ("新华社北京11月24日电 ", Dateline(place="北京", date=dt.date(2024, 11, 24), source="新华社")),
        ("【ワシントン時事】", Dateline(place="ワシントン", source="時事")),
        ("(서울=연합뉴스) 홍길동 기자 = ", Dateline(place="서울", source="연합뉴스")),
        ("Tasikmalaya - ", Dateline(place="Tasikmalaya")),
        ("Pesisir.com, Banda Aceh -- ", Dateline(place="Banda Aceh", source="Pesisir.com")),
        ("WASHINGTON, Jan. 5, 2025 (AP) — ", Dateline(place="Washington", date=dt.date(2025, 1, 5), source="AP")),
        ("KUALA LUMPUR, 31 Dis (Bernama) -- ", Dateline(place="Kuala Lumpur", date=dt.date(2024, 12, 31), source="Bernama")),
    ],
)
def test_the_parts_of_a_dateline_are_told_apart(opening: str, dateline: Dateline) -> None:
    found = dateline_in(opening + TEXT, reference=REFERENCE)

    assert found is not None
    assert found.dateline == dateline
    assert (opening + TEXT)[found.length :] == TEXT


@pytest.mark.parametrize(
    "paragraph",
    [
        "Rusia - Ukraina sepakat bertemu bulan depan di sebuah kota yang netral.",
        "The minister - who is ill - did not come to the meeting on Monday.",
        "Sela-sela rapat itu dipakai untuk membahas harga beras di pasar lokal.",
        "BREAKING - Pelabuhan lama dibuka kembali setelah dua tahun ditutup.",
        "JAKARTA - pendek",
        "Badan Urusan Logistik (BUL) - yang baru dibentuk bulan lalu - menyimpan beras di sini.",
        "Joko Hadi (Joko) - nelayan tua dari Tambak Lor - menjual perahunya pekan lalu.",
        "Pesan warga: Jangan buang sampah ke sungai yang dipakai untuk mandi.",
        "He said: JAKARTA - the city that never sleeps and never stops growing.",
    ],
)
def test_a_sentence_with_a_dash_is_no_dateline(paragraph: str) -> None:
    assert dateline_in(paragraph, reference=REFERENCE) is None


def test_the_body_starts_after_the_dateline(enriched: Callable[..., EnrichedArticle]) -> None:
    article = enriched(title="Pelabuhan", language="id", body=f"SEMARANG, PESISIR.com - {TEXT}\n\n{TEXT}")

    assert article.body == f"{TEXT}\n\n{TEXT}"
    assert article.source_text.startswith("Pelabuhan\n\nSEMARANG, PESISIR.com - ")


def test_a_date_without_a_year_is_told_from_the_arrival_and_not_from_a_later_reading(enriched: Callable[..., EnrichedArticle]) -> None:
    article = enriched(language="id", body=f"LONDON, Nov 24 (Reuters) - {TEXT}", received_at=dt.datetime(2021, 1, 2, tzinfo=dt.UTC))

    assert article.dateline == Dateline(place="London", date=dt.date(2020, 11, 24), source="Reuters")
