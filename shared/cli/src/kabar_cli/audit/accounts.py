"""What becomes of accepted revisions, and what may be wrong with them: pure, one article at a time."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

CANCELED: Final = "canceled"


class Fate(StrEnum):
    """Where an accepted revision is. Each has exactly one."""

    INDEXED = "indexed"
    """The document of its article."""
    SUPERSEDED = "superseded"
    """A newer revision is the document."""
    CANCELED = "canceled"
    """The article was taken down, by this revision or a newer one."""
    DEAD = "dead"
    IN_FLIGHT = "in_flight"
    UNACCOUNTED = "unaccounted"
    """None of these: it was lost."""


class Wrong(StrEnum):
    """What does not add up. A stable list."""

    LOST = "lost"
    MISSING_TOMBSTONE = "missing_tombstone"
    CONTENT_DIFFERS = "content_differs"
    EXTRA = "extra"
    DUPLICATE = "duplicate"
    NOT_ARCHIVED = "not_archived"
    MISSING_MARK = "missing_mark"
    TEXT_LEFT = "text_left"
    ORIGINAL_DIFFERS = "original_differs"


MEANING: Final = {
    Wrong.LOST: "accepted, but neither in the index nor among the dead letters nor on its way",
    Wrong.MISSING_TOMBSTONE: "taken down, but the index has no tombstone for it",
    Wrong.CONTENT_DIFFERS: "the document in the index is not of the content that was accepted",
    Wrong.EXTRA: "in the index, but never accepted",
    Wrong.DUPLICATE: "the index has more than one document of this article",
    Wrong.NOT_ARCHIVED: "accepted, but not in the archive",
    Wrong.MISSING_MARK: "taken down, but the archive has no mark of it: an older revision that comes late would keep its text",
    Wrong.TEXT_LEFT: "taken down, but the archive still has its text",
    Wrong.ORIGINAL_DIFFERS: "the archive's original does not have the hash that it had when it was accepted",
}


class RevisionRow(NamedTuple):
    """One accepted revision, from the archive."""

    article_id: str
    revision: int
    status: str
    entry_id: str
    stream: str
    content_sha256: str | None
    redacted: bool


class DocumentRow(NamedTuple):
    """One document, from the index."""

    article_id: str
    revision: int
    status: str
    content_sha256: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedArticle:
    """All that the archive has of one article."""

    article_id: str
    revisions: Sequence[RevisionRow] = ()
    """The oldest first."""
    mark: int | None = None
    """The revision of its newest takedown, as the archive marks it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """What may be wrong, or may just be moving: to be looked at again."""

    wrong: Wrong
    article_id: str
    revision: int
    row: RevisionRow | None = None
    """The accepted revision that it is about."""
    entry_id: str | None = None
    """The entry that it is about, where there is no row."""
    detail: str = ""
    has_fate: bool = True
    """Whether its revision was counted already."""


@dataclass(slots=True)
class Account:
    """What becomes of the revisions of one article, as one moment shows it."""

    fates: Counter[Fate] = field(default_factory=Counter)
    suspects: list[Suspect] = field(default_factory=list)
    covered: list[RevisionRow] = field(default_factory=list)
    """Revisions that a takedown covers: their texts must be gone."""


def account_of(archived: ArchivedArticle, documents: Sequence[DocumentRow]) -> Account:
    """The account of one article. Whoever is neither in the index nor older than what is there becomes a suspect."""
    account = Account()
    newest = max(documents, key=lambda row: row.revision, default=None)
    for row in archived.revisions:
        fate = None if newest is None else fate_in_index(row, newest)
        if fate is None:
            wrong = Wrong.MISSING_TOMBSTONE if row.status == CANCELED else Wrong.LOST
            account.suspects.append(Suspect(wrong=wrong, article_id=row.article_id, revision=row.revision, row=row, has_fate=False))
        else:
            account.fates[fate] += 1
    account.suspects.extend(_suspect_documents(archived, documents))
    account.suspects.extend(_suspect_takedowns(archived))
    account.covered.extend(_covered(archived))
    return account


def fate_in_index(row: RevisionRow, document: DocumentRow) -> Fate | None:
    """The fate of a revision when this document is in the index; None when the document is an older one."""
    if document.revision < row.revision:
        return None
    if document.status == CANCELED:
        return Fate.CANCELED
    return Fate.INDEXED if document.revision == row.revision else Fate.SUPERSEDED


def difference(row: RevisionRow, document: DocumentRow) -> tuple[Wrong, str] | None:
    """How the document differs from the revision that it claims to be; None when it does not, or claims another."""
    if document.revision != row.revision:
        return None
    if document.status != row.status:
        wrong = Wrong.MISSING_TOMBSTONE if row.status == CANCELED else Wrong.CONTENT_DIFFERS
        return wrong, f"accepted as {row.status}, indexed as {document.status}"
    if row.content_sha256 is not None and document.content_sha256 != row.content_sha256:
        return Wrong.CONTENT_DIFFERS, f"accepted {row.content_sha256}, indexed {document.content_sha256}"
    return None


def _suspect_documents(archived: ArchivedArticle, documents: Sequence[DocumentRow]) -> Iterator[Suspect]:
    by_revision = {row.revision: row for row in archived.revisions}
    for document in documents:
        row = by_revision.get(document.revision)
        if row is None:
            yield Suspect(wrong=Wrong.EXTRA, article_id=document.article_id, revision=document.revision)
        elif _is_taken_down(document, archived) and row.status != CANCELED:
            continue  # both were accepted in one millisecond, and the takedown wins
        elif (found := difference(row, document)) is not None:
            yield Suspect(wrong=found[0], article_id=row.article_id, revision=row.revision, row=row, detail=found[1])
    if len(documents) > 1:
        newest = max(document.revision for document in documents)
        detail = f"{len(documents)} documents"
        yield Suspect(wrong=Wrong.DUPLICATE, article_id=archived.article_id, revision=newest, detail=detail)


def _is_taken_down(document: DocumentRow, archived: ArchivedArticle) -> bool:
    return document.status == CANCELED and archived.mark is not None and archived.mark >= document.revision


def _suspect_takedowns(archived: ArchivedArticle) -> Iterator[Suspect]:
    taken_down = max((row.revision for row in archived.revisions if row.status == CANCELED), default=None)
    if taken_down is not None and (archived.mark is None or archived.mark < taken_down):
        yield Suspect(wrong=Wrong.MISSING_MARK, article_id=archived.article_id, revision=taken_down)


def _covered(archived: ArchivedArticle) -> list[RevisionRow]:
    takedowns = [row.revision for row in archived.revisions if row.status == CANCELED]
    last = max([*takedowns, -1 if archived.mark is None else archived.mark], default=-1)
    return [row for row in archived.revisions if row.revision <= last and row.status != CANCELED]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is wrong, for a person."""

    wrong: Wrong
    article_id: str
    revision: int | None
    detail: str = ""

    @property
    def help(self) -> str:
        """The command that helps."""
        return help_for(self.wrong, self.article_id)

    def as_json(self) -> dict[str, object]:
        """For programs."""
        return {
            "wrong": self.wrong.value,
            "article_id": self.article_id,
            "revision": self.revision,
            "meaning": MEANING[self.wrong],
            "detail": self.detail,
            "help": self.help,
        }


def help_for(wrong: Wrong, article_id: str) -> str:
    """What to type. The way of the article comes first: it shows where it was last seen."""
    trace = f"kabar trace {article_id}"
    match wrong:
        case Wrong.LOST | Wrong.NOT_ARCHIVED | Wrong.CONTENT_DIFFERS:
            return f"{trace}; then push the article again"
        case Wrong.MISSING_TOMBSTONE | Wrong.MISSING_MARK | Wrong.TEXT_LEFT:
            return f"{trace}; then take the article down again (DELETE at ingest)"
        case Wrong.EXTRA | Wrong.DUPLICATE:
            return f"{trace}; who else writes to the index?"
        case Wrong.ORIGINAL_DIFFERS:
            return f"{trace}; restore the archive from a snapshot"
