"""The time that the enrichers of one article have together."""

import threading

import pytest
from kabar_enrich.budget import Budget, OutOfTimeError


def spin(_: object) -> None:
    while True:
        pass


def test_what_ends_in_time_gives_its_result() -> None:
    assert Budget().run(len, "kata") == 4


def test_what_does_not_end_is_broken_off() -> None:
    with pytest.raises(OutOfTimeError):
        Budget(article_s=0.05, latecomer_s=0.01).run(spin, None)


def test_after_one_that_took_all_the_time_the_next_still_gets_some() -> None:
    budget = Budget(article_s=0.01, latecomer_s=5)
    with pytest.raises(OutOfTimeError):
        Budget(article_s=0.01, latecomer_s=0.01).run(spin, None)

    assert budget.run(len, "kata") == 4


def test_in_another_thread_nothing_is_broken_off_and_nothing_fails() -> None:
    results: list[int] = []
    thread = threading.Thread(target=lambda: results.append(Budget(article_s=0, latecomer_s=0).run(len, "kata")))
    thread.start()
    thread.join()

    assert results == [4]
