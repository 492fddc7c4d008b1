"""The checker can fail: each kind of wrong, planted into a run that was right, is named."""

from dataclasses import replace
from typing import Any

import pytest
from checker import DocumentSeen, Finding, LetterSeen, Observed, RevisionSeen, Wrong, check, doubled_letters
from journal import Answer, Attempt, Content
from public_contract import CANCELED, USABLE

OLD, NEW, DOWN = 1_000, 2_000, 5_000
ARTICLE, OTHER = "a" * 32, "b" * 32


def attempt(step: int = 1, **changes: Any) -> Attempt:
    values: dict[str, Any] = {
        "step": step,
        "attempt": 0,
        "kind": "new",
        "content": Content.TEXT,
        "article_id": ARTICLE,
        "revision": OLD,
        "sha256": f"hash of {changes.get('revision', OLD)}",
        "sent_ms": 4_000,
        "answer": Answer.ACCEPTED,
    }
    return Attempt(**values | changes)


def takedown(step: int = 9, **changes: Any) -> Attempt:
    return attempt(step, **{"kind": "takedown", "content": Content.TAKEDOWN, "revision": DOWN, "sha256": None} | changes)


def poison(step: int = 20, **changes: Any) -> Attempt:
    values = {"kind": "poison_raw", "content": Content.POISON, "article_id": OTHER, "is_archived": False, "sha256": "of poison"}
    return attempt(step, **values | changes)


def document(revision: int = OLD, **changes: Any) -> DocumentSeen:
    seen = DocumentSeen(ARTICLE, ARTICLE, revision, USABLE, f"hash of {revision}", has_text=True)
    return seen._replace(**changes)


def tombstone(**changes: Any) -> DocumentSeen:
    return document(DOWN, status=CANCELED, content_sha256=None, has_text=False)._replace(**changes)


def archived(revision: int = OLD, **changes: Any) -> RevisionSeen:
    seen = RevisionSeen(
        document_id=f"{ARTICLE}.{revision}",
        article_id=ARTICLE,
        revision=revision,
        status=USABLE,
        content_sha256=f"hash of {revision}",
        is_redacted=False,
        has_text=True,
        is_intact=True,
    )
    return seen._replace(**changes)


def redacted(revision: int = OLD) -> RevisionSeen:
    return archived(revision, is_redacted=True, has_text=False, is_intact=False)


def archived_takedown(revision: int = DOWN) -> RevisionSeen:
    return archived(revision, status=CANCELED, content_sha256=None)


def letter(**changes: Any) -> LetterSeen:
    return LetterSeen("dead 1-0", "20.0", "of poison", "invalid_message", "/title: missing", "raw 1-0")._replace(**changes)


PLAIN = ([attempt()], Observed(documents=[document()], revisions=[archived()]))
CORRECTED = (
    [attempt(), attempt(2, revision=NEW)],
    Observed(documents=[document(NEW)], revisions=[archived(), archived(NEW)]),
)
TAKEN_DOWN = (
    [attempt(), takedown()],
    Observed(documents=[tombstone()], revisions=[redacted(), archived_takedown()], marks={ARTICLE: DOWN}),
)
POISONED = ([poison()], Observed(letters=[letter()]))

Run = tuple[list[Attempt], Observed]


def seen(run: Run, **changes: Any) -> Run:
    return run[0], replace(run[1], **changes)


def wrongs(findings: list[Finding]) -> list[Wrong]:
    return [finding.wrong for finding in findings]


UNKNOWN_CORRECTION = attempt(2, revision=NEW, answer=Answer.UNKNOWN)
RIGHT: dict[str, Run] = {
    "one article": PLAIN,
    "a correction": CORRECTED,
    "a late old revision": (CORRECTED[0][::-1], CORRECTED[1]),
    "an exact repeat": ([attempt(), attempt(7)], PLAIN[1]),
    "a takedown": TAKEN_DOWN,
    "a takedown before the article came": (TAKEN_DOWN[0][::-1], TAKEN_DOWN[1]),
    "a text after its takedown": (
        [*TAKEN_DOWN[0], attempt(10, revision=6_000)],
        Observed(
            documents=[document(6_000)],
            revisions=[redacted(), archived_takedown(), archived(6_000)],
            marks={ARTICLE: DOWN},
        ),
    ),
    "poison": POISONED,
    "poison that nobody knows of and that is not there": ([poison(answer=Answer.UNKNOWN)], Observed()),
    "poison that the archive keeps": (
        [poison(article_id=ARTICLE, is_archived=True)],
        Observed(revisions=[archived(content_sha256=None)], letters=[letter()]),
    ),
    "poison that the archive could keep and does not": ([poison(article_id=ARTICLE, is_archived=True)], Observed(letters=[letter()])),
    "an unknown one that is nowhere": ([*PLAIN[0], UNKNOWN_CORRECTION], PLAIN[1]),
    "an unknown one that is everywhere": ([*PLAIN[0], UNKNOWN_CORRECTION], CORRECTED[1]),
    "an unknown first one that is nowhere": ([attempt(answer=Answer.UNKNOWN)], Observed()),
    "an unknown one whose revision only the archive tells": (
        [attempt(revision=None, sha256="hash of 4500", answer=Answer.UNKNOWN)],
        Observed(documents=[document(4_500)], revisions=[archived(4_500)]),
    ),
    "an unknown takedown that happened": ([attempt(), takedown(revision=None, answer=Answer.UNKNOWN)], TAKEN_DOWN[1]),
    "a refused one that is nowhere": ([*PLAIN[0], attempt(2, revision=NEW, answer=Answer.REFUSED)], PLAIN[1]),
    "refused first and accepted then": ([attempt(answer=Answer.REFUSED), attempt(attempt=1)], PLAIN[1]),
    "two contents of one revision": (
        [attempt(), attempt(2, sha256="another")],
        Observed(documents=[document(content_sha256="another")], revisions=[archived(content_sha256="another")]),
    ),
}


@pytest.mark.parametrize("run", RIGHT.values(), ids=RIGHT)
def test_what_is_right_has_no_findings(run: Run) -> None:
    assert check(*run) == []


LATE_ROW = archived(NEW)
WRONG: dict[str, tuple[Run, list[Wrong]]] = {
    "a lost article": (seen(PLAIN, documents=[]), [Wrong.LOST]),
    "an article that is nowhere at all": (seen(PLAIN, documents=[], revisions=[]), [Wrong.NOT_ARCHIVED, Wrong.LOST]),
    "a stale revision": (seen(CORRECTED, documents=[document(OLD)]), [Wrong.STALE]),
    "a wrong hash": (seen(PLAIN, documents=[document(content_sha256="other")]), [Wrong.WRONG_CONTENT]),
    "two documents of an article": (seen(PLAIN, documents=[document(), document()]), [Wrong.DUPLICATE]),
    "a document under another id": (seen(PLAIN, documents=[document(document_id="x")]), [Wrong.NEVER_SENT]),
    "an article that nobody sent": (
        seen(PLAIN, documents=[document(), document(document_id=OTHER, article_id=OTHER)]),
        [Wrong.NEVER_SENT],
    ),
    "a revision that nobody sent": (seen(PLAIN, documents=[document(NEW)]), [Wrong.NEVER_SENT]),
    "an archived revision that nobody sent": (seen(PLAIN, revisions=[archived(), archived(NEW)]), [Wrong.NEVER_SENT]),
    "a refused one in the index": (
        ([*PLAIN[0], attempt(2, revision=NEW, answer=Answer.REFUSED)], replace(PLAIN[1], documents=[document(NEW)])),
        [Wrong.REFUSED_BUT_THERE],
    ),
    "a refused one in the archive": (
        ([*PLAIN[0], attempt(2, revision=NEW, answer=Answer.REFUSED)], replace(PLAIN[1], revisions=[archived(), LATE_ROW])),
        [Wrong.REFUSED_BUT_THERE],
    ),
    "an unknown one in the index alone": (
        ([*PLAIN[0], UNKNOWN_CORRECTION], replace(PLAIN[1], documents=[document(NEW)])),
        [Wrong.HALF],
    ),
    "an unknown one in the archive alone": (
        ([*PLAIN[0], UNKNOWN_CORRECTION], replace(PLAIN[1], revisions=[archived(), LATE_ROW])),
        [Wrong.STALE],
    ),
    "a revision that is not archived": (seen(CORRECTED, revisions=[archived(NEW)]), [Wrong.NOT_ARCHIVED]),
    "a revision archived with other content": (seen(PLAIN, revisions=[archived(content_sha256="other")]), [Wrong.WRONG_ORIGINAL]),
    "an original that was altered": (seen(PLAIN, revisions=[archived(is_intact=False)]), [Wrong.WRONG_ORIGINAL]),
    "an original that is gone": (seen(PLAIN, revisions=[redacted()]), [Wrong.TEXT_GONE]),
    "one revision archived twice": (seen(PLAIN, revisions=[archived(), archived()]), [Wrong.DUPLICATE]),
    "a resurrected article": (seen(TAKEN_DOWN, documents=[document()]), [Wrong.RESURRECTED]),
    "a text under the revision of its takedown": (
        seen(TAKEN_DOWN, documents=[tombstone(status=USABLE, has_text=True)]),
        [Wrong.RESURRECTED],
    ),
    "no tombstone": (seen(TAKEN_DOWN, documents=[]), [Wrong.NO_TOMBSTONE]),
    "a tombstone with a text": (seen(TAKEN_DOWN, documents=[tombstone(has_text=True)]), [Wrong.TEXT_LEFT]),
    "a text left in the archive": (seen(TAKEN_DOWN, revisions=[archived(), archived_takedown()]), [Wrong.TEXT_LEFT]),
    "no mark of a takedown": (seen(TAKEN_DOWN, marks={}), [Wrong.NO_MARK]),
    "a mark that nobody asked for": (seen(PLAIN, marks={ARTICLE: OLD}), [Wrong.NEVER_SENT]),
    "a mark of an article that nobody sent": (seen(PLAIN, marks={OTHER: OLD}), [Wrong.NEVER_SENT]),
    "poison without a letter": (seen(POISONED, letters=[]), [Wrong.NO_LETTER]),
    "poison without a reason": (seen(POISONED, letters=[letter(reason="")]), [Wrong.NO_REASON]),
    "poison without a detail": (seen(POISONED, letters=[letter(detail=" ")]), [Wrong.NO_REASON]),
    "poison that was altered": (seen(POISONED, letters=[letter(sha256="other")]), [Wrong.ALTERED_LETTER]),
    "poison in the index": (
        ([poison(article_id=ARTICLE)], Observed(documents=[document()], letters=[letter()])),
        [Wrong.NEVER_SENT],
    ),
    "an innocent among the dead letters": (seen(PLAIN, letters=[letter(token=None)]), [Wrong.INNOCENT_GIVEN_UP]),
}


@pytest.mark.parametrize(("run", "expected"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named(run: Run, expected: list[Wrong]) -> None:
    assert wrongs(check(*run)) == expected


def test_every_kind_of_wrong_is_planted_here() -> None:
    assert {wrong for _, expected in WRONG.values() for wrong in expected} == set(Wrong)


def test_two_letters_of_one_entry_are_counted_and_allowed() -> None:
    letters = [letter(), letter(letter="dead 2-0")]
    assert check(POISONED[0], Observed(letters=letters)) == []
    assert doubled_letters(letters) == 1
