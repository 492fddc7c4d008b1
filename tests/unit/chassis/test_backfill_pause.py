"""When backfill gives way to live."""

import pytest
from kabar_chassis.backlog import Backlog
from kabar_chassis.delivery.backfill import reason_to_pause


def live(*, lag: int = 0, pending: int = 0, oldest_age_s: float = 0.0) -> Backlog:
    return Backlog(lag=lag, lag_is_counted=True, pending=pending, oldest_age_s=oldest_age_s, entries=lag + pending)


@pytest.mark.parametrize("standing", [live(), live(lag=600, pending=300), live(lag=3, oldest_age_s=4.9)])
def test_it_reads_while_live_keeps_up(standing: Backlog) -> None:
    assert reason_to_pause(standing) is None


@pytest.mark.parametrize("standing", [live(lag=1_001), live(lag=600, pending=600), live(lag=1, oldest_age_s=6.0)])
def test_it_pauses_while_live_lags(standing: Backlog) -> None:
    assert reason_to_pause(standing) is not None
