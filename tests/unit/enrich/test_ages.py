import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from kabar_enrich.anatomy.ages import age_in
from kabar_enrich.anatomy.origin import Origin

RECEIVED = dt.datetime(2026, 11, 20, 18, tzinfo=dt.UTC)
ORIGIN = Origin(received_at=RECEIVED)


@pytest.mark.parametrize(
    "text",
    [
        "3 jam yang lalu",
        "3 jam lalu",
        "3 hours ago",
        "3 hrs ago",
        "3h ago",
        "vor 3 Stunden",
        "il y a 3 heures",
        "hace 3 horas",
        "há 3 horas",
        "3 uur geleden",
        "3 часа назад",
        "3 saat önce",
        "قبل 3 ساعات",
        "३ घंटे पहले",
        "3 ชั่วโมงที่ผ่านมา",
        "3 giờ trước",
        "3小时前",
        "3 時間前",
        "3시간 전",
        "By Jane Doe | 3 hours ago",
        "Published 3 hours ago",
        "Diterbitkan: 3 jam yang lalu",
    ],
)
def test_hours_ago_are_told_from_the_time_of_receipt(text: str) -> None:
    stamp = age_in(text, origin=ORIGIN)

    assert stamp is not None
    assert (stamp.moment, stamp.is_update) == (dt.datetime(2026, 11, 20, 15, tzinfo=dt.UTC), False)


@pytest.mark.parametrize("text", ["5 menit yang lalu", "5 minutes ago", "5 mins ago", "vor 5 Minuten", "5分钟前"])
def test_minutes_ago_are_told_from_the_time_of_receipt(text: str) -> None:
    stamp = age_in(text, origin=ORIGIN)

    assert stamp is not None
    assert stamp.moment == dt.datetime(2026, 11, 20, 17, 55, tzinfo=dt.UTC)


@pytest.mark.parametrize("text", ["2 hari yang lalu", "2 days ago", "vor 2 Tagen"])
def test_days_ago_tell_a_day_and_no_moment(text: str) -> None:
    stamp = age_in(text, origin=ORIGIN)

    assert stamp is not None
    assert (stamp.day, stamp.moment) == (dt.date(2026, 11, 18), None)


def test_yesterday_is_that_of_the_zone_of_the_publisher() -> None:
    in_jayapura = age_in("Kemarin", origin=Origin(received_at=RECEIVED, zone=ZoneInfo("Asia/Jayapura")))
    in_utc = age_in("Kemarin", origin=ORIGIN)

    assert in_jayapura is not None
    assert in_utc is not None
    assert (in_jayapura.day, in_utc.day) == (dt.date(2026, 11, 20), dt.date(2026, 11, 19))


@pytest.mark.parametrize(
    ("text", "country", "moment"),
    [
        ("kemarin, 15.20 WIB", None, dt.datetime(2026, 11, 20, 8, 20, tzinfo=dt.UTC)),
        ("Yesterday at 3:25 PM", "GB", dt.datetime(2026, 11, 19, 15, 25, tzinfo=dt.UTC)),
        ("heute, 15:30 Uhr", "DE", dt.datetime(2026, 11, 20, 14, 30, tzinfo=dt.UTC)),
        ("Hari ini 21.00 WIB", None, dt.datetime(2026, 11, 21, 14, 0, tzinfo=dt.UTC)),
    ],
)
def test_a_named_day_with_a_time_is_a_moment(text: str, country: str | None, moment: dt.datetime) -> None:
    stamp = age_in(text, origin=Origin(received_at=RECEIVED, country=country))

    assert stamp is not None
    assert stamp.moment == moment


def test_a_label_says_that_an_age_is_of_a_change() -> None:
    stamps = [age_in(text, origin=ORIGIN) for text in ("Updated 3 hours ago", "Diperbarui: 3 jam lalu", "Aktualisiert vor 3 Stunden")]

    assert [stamp is not None and stamp.is_update for stamp in stamps] == [True, True, True]


@pytest.mark.parametrize(
    "text", ["He died 2 hours ago", "3 weeks ago", "999 hours ago", "2 bulan lalu", "3 hours", "Kemarin hujan turun", "", "|"]
)
def test_what_is_more_than_an_age_or_too_coarse_is_none(text: str) -> None:
    assert age_in(text, origin=ORIGIN) is None


def test_without_a_time_of_receipt_there_is_no_age() -> None:
    assert age_in("3 hours ago", origin=Origin()) is None
