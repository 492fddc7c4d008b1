from collections.abc import AsyncIterator, Sequence

import pytest
from kabar_cli.audit.accounts import (
    MEANING,
    Account,
    ArchivedArticle,
    DocumentRow,
    Fate,
    RevisionRow,
    Wrong,
    account_of,
    help_for,
)
from kabar_cli.audit.indices import original_fault
from kabar_cli.audit.run import is_sampled, side_by_side
from kabar_contracts.identity import sha256_hex

ARTICLE_ID = "a" * 32


def accepted(revision: int, status: str = "usable", *, content: str | None = "hash", redacted: bool = False) -> RevisionRow:
    return RevisionRow(
        article_id=ARTICLE_ID,
        revision=revision,
        status=status,
        entry_id=f"{revision}-0",
        stream="raw",
        content_sha256=content,
        redacted=redacted,
    )


def indexed(revision: int, status: str = "usable", *, content: str = "hash") -> DocumentRow:
    return DocumentRow(article_id=ARTICLE_ID, revision=revision, status=status, content_sha256=content)


def account(revisions: Sequence[RevisionRow], documents: Sequence[DocumentRow], *, mark: int | None = None) -> Account:
    return account_of(ArchivedArticle(article_id=ARTICLE_ID, revisions=revisions, mark=mark), documents)


def told(found: Account) -> tuple[dict[Fate, int], list[tuple[Wrong, int]]]:
    return dict(found.fates), [(suspect.wrong, suspect.revision) for suspect in found.suspects]


@pytest.mark.parametrize(
    ("found", "fates", "suspects"),
    [
        (account([accepted(1)], [indexed(1)]), {Fate.INDEXED: 1}, []),
        (account([accepted(1), accepted(2)], [indexed(2)]), {Fate.SUPERSEDED: 1, Fate.INDEXED: 1}, []),
        (account([accepted(1), accepted(2)], [indexed(1)]), {Fate.INDEXED: 1}, [(Wrong.LOST, 2)]),
        (account([accepted(1)], []), {}, [(Wrong.LOST, 1)]),
        (account([accepted(1, "withheld")], [indexed(1, "withheld")]), {Fate.INDEXED: 1}, []),
        (account([accepted(1), accepted(2, "canceled")], [indexed(2, "canceled")], mark=2), {Fate.CANCELED: 2}, []),
        (account([accepted(2, "canceled")], [], mark=2), {}, [(Wrong.MISSING_TOMBSTONE, 2)]),
        (account([accepted(2, "canceled")], [indexed(2)], mark=2), {Fate.INDEXED: 1}, [(Wrong.MISSING_TOMBSTONE, 2)]),
        (account([accepted(2, "canceled")], [indexed(2, "canceled")]), {Fate.CANCELED: 1}, [(Wrong.MISSING_MARK, 2)]),
        (account([accepted(2, "canceled")], [indexed(2, "canceled")], mark=1), {Fate.CANCELED: 1}, [(Wrong.MISSING_MARK, 2)]),
        (account([accepted(2, "canceled"), accepted(3)], [indexed(3)], mark=2), {Fate.SUPERSEDED: 1, Fate.INDEXED: 1}, []),
        (account([accepted(2)], [indexed(2, "canceled")], mark=2), {Fate.CANCELED: 1}, []),
        (account([accepted(2)], [indexed(2, "canceled")], mark=1), {Fate.CANCELED: 1}, [(Wrong.CONTENT_DIFFERS, 2)]),
        (account([], [indexed(1)]), {}, [(Wrong.EXTRA, 1)]),
        (account([accepted(1)], [indexed(2)]), {Fate.SUPERSEDED: 1}, [(Wrong.EXTRA, 2)]),
        (account([accepted(1)], [indexed(1, content="other")]), {Fate.INDEXED: 1}, [(Wrong.CONTENT_DIFFERS, 1)]),
        (account([accepted(1, content=None)], [indexed(1, content="other")]), {Fate.INDEXED: 1}, []),
        (account([accepted(1)], [indexed(1, "withheld")]), {Fate.INDEXED: 1}, [(Wrong.CONTENT_DIFFERS, 1)]),
        (account([accepted(1)], [indexed(1), indexed(1)]), {Fate.INDEXED: 1}, [(Wrong.DUPLICATE, 1)]),
    ],
)
def test_each_revision_has_one_fate_or_is_suspect(found: Account, fates: dict[Fate, int], suspects: list[tuple[Wrong, int]]) -> None:
    assert told(found) == (fates, suspects)


def test_every_revision_up_to_a_takedown_must_have_lost_its_text() -> None:
    found = account([accepted(1), accepted(2), accepted(3, "canceled"), accepted(4)], [indexed(4)], mark=3)

    assert [row.revision for row in found.covered] == [1, 2]


def test_a_mark_alone_covers_what_is_older() -> None:
    found = account([accepted(1)], [indexed(2, "canceled")], mark=2)

    assert [row.revision for row in found.covered] == [1]


def test_everything_that_can_be_wrong_has_a_meaning_and_a_command_that_helps() -> None:
    assert set(MEANING) == set(Wrong)
    assert all(help_for(wrong, ARTICLE_ID).startswith(f"kabar trace {ARTICLE_ID}") for wrong in Wrong)


async def archive(*names: str) -> AsyncIterator[ArchivedArticle]:
    for name in names:
        yield ArchivedArticle(article_id=name)


async def index(*names: str) -> AsyncIterator[list[DocumentRow]]:
    for name in names:
        yield [DocumentRow(article_id=name, revision=1, status="usable", content_sha256=None)]


@pytest.mark.parametrize(
    ("archived", "documents"), [("", ""), ("abc", "abc"), ("abd", "bcd"), ("ab", ""), ("", "ab"), ("c", "ab"), ("ab", "c")]
)
async def test_both_sides_are_joined_by_article(archived: str, documents: str) -> None:
    pairs = [
        (left.article_id, [row.article_id for row in right]) async for left, right in side_by_side(archive(*archived), index(*documents))
    ]

    assert [left for left, _ in pairs] == sorted({*archived, *documents})
    assert [left for left, right in pairs if right] == sorted(documents)
    assert all(right in ([], [left]) for left, right in pairs)


@pytest.mark.parametrize(("stride", "share"), [(0, 0), (1, 1_000), (10, 100)])
def test_a_sample_takes_every_so_many_revisions(stride: int, share: int) -> None:
    rows = [accepted(revision) for revision in range(1_000)]

    assert sum(is_sampled(row, stride=stride) for row in rows) == share


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ({}, ""),
        ({"original": "abc", "original_encoding": "utf-8", "original_sha256": sha256_hex(b"abc")}, ""),
        ({"original": "YWJj", "original_encoding": "base64", "original_sha256": sha256_hex(b"abc")}, ""),
        ({"original": "abd", "original_encoding": "utf-8", "original_sha256": sha256_hex(b"abc")}, "original_sha256"),
        ({"original": "?", "original_encoding": "base64", "original_sha256": sha256_hex(b"abc")}, "original_sha256"),
        ({"page": "YWJj", "page_sha256": sha256_hex(b"abc")}, ""),
        ({"page": "YWJj", "page_sha256": sha256_hex(b"abd")}, "page_sha256"),
        ({"original": "abc", "original_encoding": "utf-8"}, "original_sha256"),
    ],
)
def test_an_original_is_held_to_its_hash(source: dict[str, str], fault: str) -> None:
    assert original_fault(source) == fault
