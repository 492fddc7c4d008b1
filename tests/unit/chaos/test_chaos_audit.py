"""Where the audit says something else than the checker, that is told."""

from typing import Any

from audit import disagreements
from checker import Finding, Observed, Wrong

AGREES: dict[str, Any] = {
    "adds_up": True,
    "exit_code": 0,
    "findings": [],
    "documents": 0,
    "originals_checked": 0,
    "in_flight": 0,
    "accepted": 0,
}
NAMED = {"wrong": "lost", "article_id": "a", "revision": 1, "detail": ""}
LOST = Finding(Wrong.LOST, "a", 1)


def test_two_that_find_nothing_agree() -> None:
    assert disagreements(AGREES, Observed(), []) == []


def test_two_that_name_the_same_article_agree() -> None:
    assert disagreements(AGREES | {"adds_up": False, "exit_code": 3, "findings": [NAMED]}, Observed(), [LOST]) == []


def test_what_only_the_checker_sees_is_told() -> None:
    assert disagreements(AGREES, Observed(), [LOST]) == ["it does not name a, which the checker finds lost"]


def test_what_only_the_audit_sees_is_told() -> None:
    (told,) = disagreements(AGREES | {"adds_up": False, "exit_code": 3, "findings": [NAMED]}, Observed(), [])
    assert told.startswith("lost a revision 1")


def test_what_nobody_can_see_without_the_journal_is_no_disagreement() -> None:
    assert disagreements(AGREES, Observed(), [Finding(Wrong.REFUSED_BUT_THERE, "a", 1)]) == []


def test_other_numbers_are_told() -> None:
    assert len(disagreements(AGREES | {"documents": 1, "originals_checked": 1, "in_flight": 1}, Observed(), [])) == 3
