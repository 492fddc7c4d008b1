from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from kabar_search.moments import Edge, moment

NOW = datetime(2026, 5, 6, 5, 0, tzinfo=UTC)
JAKARTA = ZoneInfo("Asia/Jakarta")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-05-04", datetime(2026, 5, 3, 17, 0, tzinfo=UTC)),
        ("20260504", datetime(2026, 5, 3, 17, 0, tzinfo=UTC)),
        ("2026-05-04T08:30", datetime(2026, 5, 4, 1, 30, tzinfo=UTC)),
        ("2026-05-04T08:30:00Z", datetime(2026, 5, 4, 8, 30, tzinfo=UTC)),
        ("2026-05-04T08:30+09:00", datetime(2026, 5, 3, 23, 30, tzinfo=UTC)),
        ("-7d", datetime(2026, 4, 29, 5, 0, tzinfo=UTC)),
        ("-36h", datetime(2026, 5, 4, 17, 0, tzinfo=UTC)),
        ("-2w", datetime(2026, 4, 22, 5, 0, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_in_each_of_its_forms(text: str, meant: datetime) -> None:
    assert moment(text, edge=Edge.FIRST, now=NOW, zone=JAKARTA) == meant


def test_a_plus_sign_that_the_query_string_turned_into_a_space_is_understood() -> None:
    assert moment("2026-05-04T08:30:00 07:00", edge=Edge.FIRST, now=NOW, zone=JAKARTA) == datetime(2026, 5, 4, 1, 30, tzinfo=UTC)


def test_the_last_edge_of_a_day_is_its_last_millisecond() -> None:
    assert moment("2026-05-04", edge=Edge.LAST, now=NOW, zone=JAKARTA) == datetime(2026, 5, 4, 16, 59, 59, 999000, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "-7y",
        "7d",
        "2026-13-01",
        "0001-01-01",
        "9999-12-31",
        "0999-12-31",
        "-999999w",
        "2026-05-04T25:00",
        "\u0661-\u0661-\u0661",
    ],
)
def test_what_is_no_moment_is_refused_with_a_message(text: str) -> None:
    with pytest.raises(ValueError, match=r"no date or time|out of range"):
        moment(text, edge=Edge.LAST, now=NOW, zone=JAKARTA)
