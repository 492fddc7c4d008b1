import datetime as dt

import pytest
from kabar_enrich.anatomy.origin import UNKNOWN, Origin
from kabar_enrich.anatomy.written_dates import Doubt, dates_in

RECEIVED = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
MARCH_11 = dt.date(2026, 3, 11)


def days(text: str, *, origin: Origin = UNKNOWN) -> list[dt.date | Doubt | None]:
    return [written.day or written.doubt for written in dates_in(text, origin=origin)]


@pytest.mark.parametrize(
    "text",
    [
        "11 Maret 2026",
        "11 Mac 2026",
        "Rabu, 11 Mar 2026",
        "March 11th, 2026",
        "11 March, 2026",
        "11-Mar-2026",
        "11. März 2026",
        "11 mars 2026",
        "11 de marzo de 2026",
        "11 marzo 2026",
        "11 de março de 2026",
        "11 maart 2026",
        "11. maaliskuuta 2026",
        "11 marca 2026",
        "11. března 2026",
        "11 марта 2026 года",
        "11 березня 2026",
        "11 Mart 2026",
        "11 Μαρτίου 2026",
        "2026. március 11.",
        "2026 m. kovo 11 d.",
        "2026. gada 11. marts",
        "11 tháng 3 năm 2026",
        "11 tháng 3, 2026",
        "Marso 11, 2026",
        "११ मार्च २०२६",
        "11 มีนาคม 2569",
        "11 มี.ค. 69",
        "١١ مارس ٢٠٢٦",  # noqa: RUF001  # Arabic digits
        "11 آذار 2026",
        "11 مارس/آذار 2026",
        "2026年3月11日",
        "２０２６年３月１１日",
        "令和8年3月11日",
        "民國115年3月11日",
        "2026년 3월 11일",
        "2026. 3. 11.",
        "2026-03-11",
        "2026/03/11",
        "๒๕๖๙-๐๓-๑๑",
        "11.03.2026",
    ],
)
def test_a_day_is_read_in_the_words_and_digits_of_many_languages(text: str) -> None:
    assert days(text) == [MARCH_11]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("15 Pebruari 2026", dt.date(2026, 2, 15)),
        ("15 Agt 2026", dt.date(2026, 8, 15)),
        ("15 Ags 2026", dt.date(2026, 8, 15)),
        ("15 Ogos 2026", dt.date(2026, 8, 15)),
        ("15 Okt 2026", dt.date(2026, 10, 15)),
        ("15 Nop 2025", dt.date(2025, 11, 15)),
        ("15 Des 2025", dt.date(2025, 12, 15)),
        ("15 Disember 2025", dt.date(2025, 12, 15)),
        ("15 Jänner 2026", dt.date(2026, 1, 15)),
    ],
)
def test_months_are_known_in_the_spellings_of_newsrooms(text: str, day: dt.date) -> None:
    assert days(text) == [day]


def test_a_month_that_two_languages_name_alike_is_told_by_the_language() -> None:
    in_polish, in_croatian = Origin(language="pl-PL"), Origin(language="hr")

    assert days("11 listopada 2025", origin=in_polish) == [dt.date(2025, 11, 11)]
    assert days("11 listopada 2025", origin=in_croatian) == [dt.date(2025, 10, 11)]
    assert days("11 listopada 2025") == [Doubt.AMBIGUOUS_DATE]


@pytest.mark.parametrize(
    ("origin", "day"),
    [
        (Origin(country="ID"), dt.date(2026, 4, 3)),
        (Origin(country="ID", language="en"), dt.date(2026, 4, 3)),
        (Origin(country="GB", language="en"), dt.date(2026, 4, 3)),
        (Origin(language="fr"), dt.date(2026, 4, 3)),
        (Origin(country="CA", language="fr"), dt.date(2026, 4, 3)),
        (Origin(country="US", language="en"), dt.date(2026, 3, 4)),
        (Origin(country="PH", language="fil"), dt.date(2026, 3, 4)),
    ],
)
def test_day_or_month_comes_first_as_country_and_language_have_it(origin: Origin, day: dt.date) -> None:
    assert days("03/04/2026", origin=origin) == [day]


@pytest.mark.parametrize(
    "origin",
    [
        UNKNOWN,
        Origin(language="en"),
        Origin(country="CA", language="en"),
        Origin(country="JP", language="ja"),
        Origin(country="US", language="es"),
    ],
)
def test_an_order_that_nothing_tells_is_not_guessed(origin: Origin) -> None:
    assert days("03/04/2026", origin=origin) == [Doubt.AMBIGUOUS_DATE]


def test_the_order_is_told_by_a_day_that_cannot_be_a_month() -> None:
    assert days("25/12/2025") == days("12/25/2025") == [dt.date(2025, 12, 25)]
    assert days("04/04/2026") == [dt.date(2026, 4, 4)]


def test_the_order_is_told_by_the_weekday_before_it() -> None:
    assert days("Friday, 03/04/2026") == days("Jum'at 03/04/2026") == [dt.date(2026, 4, 3)]
    assert days("Wednesday, 03/04/2026") == [dt.date(2026, 3, 4)]


def test_the_order_is_told_by_the_zone_of_one_country() -> None:
    assert days("03/04/2026, 09:15 WIB") == days("03/04/2026, 09:15 MYT") == [dt.date(2026, 4, 3)]


def test_the_order_is_told_by_the_day_in_the_address() -> None:
    assert days("03/04/2026", origin=Origin(address_day=dt.date(2026, 4, 3))) == [dt.date(2026, 4, 3)]


def test_of_two_readings_the_one_that_has_not_come_is_none() -> None:
    assert days("03/12/2026", origin=Origin(received_at=RECEIVED)) == [dt.date(2026, 3, 12)]


def test_with_dots_the_day_comes_first() -> None:
    assert days("03.04.2026") == [dt.date(2026, 4, 3)]


@pytest.mark.parametrize("text", ["31 Februari 2024", "31/02/2026", "February 30, 2026", "2026-13-01", "2026-02-31", "2026年2月30日"])
def test_a_day_that_is_none_is_found_and_said_to_be_impossible(text: str) -> None:
    assert days(text) == [Doubt.IMPOSSIBLE_DATE]


@pytest.mark.parametrize("text", ["", "In 2024 45 people", "room 12 from 2000", "May I come in", "45/67/2026", "12 monkeys 2024"])
def test_other_numbers_are_no_dates(text: str) -> None:
    assert days(text) == []


def test_dates_are_found_in_order_with_their_places() -> None:
    text = "Terbit 11 Maret 2026, diperbarui ١٢ مارس ٢٠٢٦"

    assert [text[written.start : written.end] for written in dates_in(text)] == ["11 Maret 2026", "١٢ مارس ٢٠٢٦"]


def test_a_text_full_of_dates_is_read_in_linear_time() -> None:
    assert len(dates_in("3/4/2026 11 March 2026 " * 3_000)) == 6_000
