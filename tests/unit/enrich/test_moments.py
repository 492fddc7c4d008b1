import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from kabar_enrich.anatomy import moments
from kabar_enrich.anatomy.origin import Origin
from kabar_enrich.anatomy.written_dates import Doubt

RECEIVED = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)  # type: ignore[misc,arg-type]  # year to second


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Jumat, 15 November 2024 09:15 WIB", utc(2024, 11, 15, 2, 15)),
        ("Jum'at, 15/11/2024 | 09.15 wib", utc(2024, 11, 15, 2, 15)),
        ("15 Nop 2024 pukul 09.15 WITA", utc(2024, 11, 15, 1, 15)),
        ("15/11/2024, 09:15 WIT", utc(2024, 11, 15, 0, 15)),
        ("Saturday, 18 Jul 2026 3:25 PM MYT", utc(2026, 7, 18, 7, 25)),
        ("Published Mar 27, 2026, 09:00 PM SGT", utc(2026, 3, 27, 13)),
        ("Updated 4:10 PM GMT, September 2, 2026", utc(2026, 9, 2, 16, 10)),
        ("Published Nov. 15, 2024, 12:05 AM GMT", utc(2024, 11, 15, 0, 5)),
        ("November 19, 2019, 07:47 PM EST", utc(2019, 11, 20, 0, 47)),
        ("May 5, 2026, 3:25 p.m. ET", utc(2026, 5, 5, 19, 25)),
        ("3. März 2026, 15:30 Uhr MEZ", utc(2026, 3, 3, 14, 30)),
        ("3 juillet 2026 à 15h30 CEST", utc(2026, 7, 3, 13, 30)),
        ("13 ноября 2024, 15:30 МСК", utc(2024, 11, 13, 12, 30)),  # noqa: RUF001  # Moscow's in its own letters
        ("2026年3月11日 15時25分 JST", utc(2026, 3, 11, 6, 25)),
        ("11 tháng 3 năm 2026 15:25 GMT+7", utc(2026, 3, 11, 8, 25)),
        ("15 Agustus 2024 23:30 +07:00", utc(2024, 8, 15, 16, 30)),
        ("11 March 2026 09:42 Asia/Jakarta", utc(2026, 3, 11, 2, 42)),
        ("2024-11-15T09:15:00+0700", utc(2024, 11, 15, 2, 15)),
        ("2024-11-15T09:15:00.000Z", utc(2024, 11, 15, 9, 15)),
        ("2024-11-15 09:15:00 +0700", utc(2024, 11, 15, 2, 15)),
        ("Fri, 15 Nov 2024 09:15:00 GMT", utc(2024, 11, 15, 9, 15)),
        ("Fri Nov 15 09:15:00 WIB 2024", utc(2024, 11, 15, 2, 15)),
        ("Fri Nov 15 2024 09:15:00 GMT+0700 (Western Indonesia Time)", utc(2024, 11, 15, 2, 15)),
        ("1731640500", utc(2024, 11, 15, 3, 15)),
        ("1731640500000", utc(2024, 11, 15, 3, 15)),
    ],
)
def test_a_moment_is_read_with_its_zone(text: str, moment: dt.datetime) -> None:
    assert moments.iso_moment(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "15 November 2024 09:15",
        "2024-11-15T09:15:00",
        "15/11/2024 09:15",
        "31 Februari 2024 09:15 WIB",
        "15 November 2024 29:15 WIB",
        "0001-01-01T00:00:00+14:00",
        "20 November 2019 13:38 IST",
        "20 November 2019 13:38 CST",
        "20 July 2019 13:38 BST",
        "",
    ],
)
def test_nothing_is_read_where_the_moment_is_not_certain(text: str) -> None:
    assert moments.iso_moment(text) is None


@pytest.mark.parametrize(
    ("text", "country", "moment"),
    [
        ("20 November 2019 13:38 IST", "IN", utc(2019, 11, 20, 8, 8)),
        ("20 July 2019 13:38 IST", "IE", utc(2019, 7, 20, 12, 38)),
        ("20 November 2019 13:38 CST", "US", utc(2019, 11, 20, 19, 38)),
        ("20 July 2019 13:38 BST", "GB", utc(2019, 7, 20, 12, 38)),
        ("20 July 2019 13:38 BST", "BD", utc(2019, 7, 20, 7, 38)),
    ],
)
def test_a_name_of_several_zones_means_that_of_the_country(text: str, country: str, moment: dt.datetime) -> None:
    assert moments.moment_in(text, origin=Origin(country=country)) == moment


@pytest.mark.parametrize(
    ("text", "origin", "moment"),
    [
        ("16 Apr 2026 13:20", Origin(zone=ZoneInfo("Asia/Makassar")), utc(2026, 4, 16, 5, 20)),
        ("18 Julai 2026 3.25 petang", Origin(country="MY"), utc(2026, 7, 18, 7, 25)),
        ("2026년 3월 11일 오후 3:25", Origin(country="KR"), utc(2026, 3, 11, 6, 25)),
        ("11 มีนาคม 2569 เวลา 15.25 น.", Origin(country="TH"), utc(2026, 3, 11, 8, 25)),
        ("١١ مارس ٢٠٢٦ ٣:٢٥ م", Origin(country="SA"), utc(2026, 3, 11, 12, 25)),  # noqa: RUF001  # Arabic digits
        ("16 Apr 2026 13:20", Origin(country="ID"), None),
        ("16 Apr 2026 13:20", Origin(country="US"), None),
    ],
)
def test_a_time_in_sight_without_a_zone_is_that_of_the_publisher_where_it_has_one(
    text: str, origin: Origin, moment: dt.datetime | None
) -> None:
    assert moments.moment_in(text, origin=origin) == moment


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("15.48", "15:48"),
        ("15:48:20", "15:48"),
        ("3:48 PM", "15:48"),
        ("3 p.m.", "15:00"),
        ("12:05 a.m.", "00:05"),
        ("12:05 p. m.", "12:05"),
        ("15h48", "15:48"),
        ("15 Uhr", "15:00"),
        ("klo 15.48", "15:48"),
        ("kl. 15.48", "15:48"),
        ("下午3:48", "15:48"),
        ("午後3時48分", "15:48"),
        ("9.30 pagi", "09:30"),
        ("1.30 siang", "13:30"),
        ("11.30 siang", "11:30"),
        ("8.00 malam", "20:00"),
        ("12.15 malam", "00:15"),
        ("20.00 malam", "20:00"),
        ("3:48 μ.μ.", "15:48"),
        ("3:48 CH", "15:48"),
        ("PTG 3:48", "15:48"),
    ],
)
def test_the_time_of_the_day_is_read_as_it_is_written(text: str, clock: str) -> None:
    moment = moments.moment_in(f"2026-03-11 {text}", origin=Origin(zone=ZoneInfo("UTC")))

    assert moment is not None
    assert moment.strftime("%Y-%m-%d %H:%M") == f"2026-03-11 {clock}"


@pytest.mark.parametrize(
    "label", ["Updated", "Last updated:", "Diperbarui", "Dikemas kini", "Aktualisiert am", "Mis à jour le", "Обновлено", "更新时间:"]
)
def test_a_label_says_that_a_date_is_of_a_change(label: str) -> None:
    stamps = moments.stamps_in(f"1 March 2026 10:00 GMT {label} 2 March 2026 11:00 GMT")

    assert [(stamp.moment, stamp.is_update) for stamp in stamps] == [(utc(2026, 3, 1, 10), False), (utc(2026, 3, 2, 11), True)]


@pytest.mark.parametrize(
    "text", ["0001-01-01T00:00:00Z", "1970-01-01T00:00:00+00:00", "0000000000", "9 May 1945", "2099-01-01", "24 Nov 2099 10:00 GMT"]
)
def test_a_day_before_there_were_sites_or_after_the_arrival_is_impossible(text: str) -> None:
    stamp = moments.machine_stamp(text, origin=Origin(received_at=RECEIVED))

    assert stamp is not None
    assert (stamp.day, stamp.moment, stamp.doubt) == (None, None, Doubt.IMPOSSIBLE_DATE)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("March 4", dt.date(2025, 3, 4)),
        ("31 Des", dt.date(2024, 12, 31)),
        ("29 Februari", dt.date(2024, 2, 29)),
        ("4 Maret 2019", dt.date(2019, 3, 4)),
        ("May I come in", None),
        ("4 mares", None),
    ],
)
def test_a_date_without_a_year_is_the_latest_that_has_passed(text: str, day: dt.date | None) -> None:
    assert moments.date_in(text, reference=dt.date(2025, 3, 4)) == day


def test_a_field_of_data_names_its_date_at_its_beginning() -> None:
    told, buried = "Published: 4 March 2025" + " x" * 5_000, "x " * 5_000 + "4 March 2025"

    stamp = moments.machine_stamp(told, origin=Origin(received_at=RECEIVED))

    assert stamp is not None
    assert stamp.day == dt.date(2025, 3, 4)
    assert moments.machine_stamp(buried, origin=Origin(received_at=RECEIVED)) is None
