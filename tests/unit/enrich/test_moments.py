import datetime as dt

import pytest
from kabar_enrich.anatomy import moments


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Jumat, 15 November 2024 09:15 WIB", dt.datetime(2024, 11, 15, 2, 15, tzinfo=dt.UTC)),
        ("15 Nop 2024 pukul 09.15 WITA", dt.datetime(2024, 11, 15, 1, 15, tzinfo=dt.UTC)),
        ("15/11/2024, 09:15 WIT", dt.datetime(2024, 11, 15, 0, 15, tzinfo=dt.UTC)),
        ("Published Nov. 15, 2024, 12:05 AM GMT", dt.datetime(2024, 11, 15, 0, 5, tzinfo=dt.UTC)),
        ("15 Agustus 2024 23:30 +07:00", dt.datetime(2024, 8, 15, 16, 30, tzinfo=dt.UTC)),
        ("2024-11-15T09:15:00+0700", dt.datetime(2024, 11, 15, 2, 15, tzinfo=dt.UTC)),
        ("2024-11-15T09:15:00.000Z", dt.datetime(2024, 11, 15, 9, 15, tzinfo=dt.UTC)),
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
        "",
    ],
)
def test_nothing_is_read_where_the_moment_is_not_certain(text: str) -> None:
    assert moments.iso_moment(text) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("March 4", dt.date(2025, 3, 4)),
        ("31 Des", dt.date(2024, 12, 31)),
        ("29 Februari", dt.date(2024, 2, 29)),
        ("4 Maret 2019", dt.date(2019, 3, 4)),
        ("May I come in", None),
    ],
)
def test_a_date_without_a_year_is_the_latest_that_has_passed(text: str, day: dt.date | None) -> None:
    assert moments.date_in(text, reference=dt.date(2025, 3, 4)) == day
