"""The judge: what was sent against what is there. Pure, and it shares nothing with the services but their public contract."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from journal import Answer, Attempt, Content
from public_contract import CANCELED, USABLE


class Wrong(StrEnum):
    """What can be wrong."""

    LOST = "lost"
    STALE = "stale"
    WRONG_CONTENT = "wrong_content"
    DUPLICATE = "duplicate"
    NEVER_SENT = "never_sent"
    REFUSED_BUT_THERE = "refused_but_there"
    HALF = "half"
    NOT_ARCHIVED = "not_archived"
    WRONG_ORIGINAL = "wrong_original"
    RESURRECTED = "resurrected"
    NO_TOMBSTONE = "no_tombstone"
    TEXT_LEFT = "text_left"
    NO_MARK = "no_mark"
    TEXT_GONE = "text_gone"
    NO_LETTER = "no_letter"
    NO_REASON = "no_reason"
    INNOCENT_GIVEN_UP = "innocent_given_up"
    ALTERED_LETTER = "altered_letter"


MEANING = {
    Wrong.LOST: "accepted, and the index has no document of it",
    Wrong.STALE: "the index has an older revision than the newest that was accepted",
    Wrong.WRONG_CONTENT: "the document does not have the content of its revision",
    Wrong.DUPLICATE: "there is more than one document of it",
    Wrong.NEVER_SENT: "it is there, and nobody sent it",
    Wrong.REFUSED_BUT_THERE: "it is there, although its producer was told that it was not accepted",
    Wrong.HALF: "nobody knows whether it was accepted, and it is in one place and not in the other",
    Wrong.NOT_ARCHIVED: "accepted, and the archive does not have this revision",
    Wrong.WRONG_ORIGINAL: "the archive has other content under this revision",
    Wrong.RESURRECTED: "taken down, and the index shows it",
    Wrong.NO_TOMBSTONE: "taken down, and the index has no tombstone: a late copy would be shown",
    Wrong.TEXT_LEFT: "taken down, and its text is still there",
    Wrong.NO_MARK: "taken down, and the archive has no mark of it",
    Wrong.TEXT_GONE: "not taken down, and the archive does not have its text any more",
    Wrong.NO_LETTER: "poison that was accepted, and there is no dead letter of it",
    Wrong.NO_REASON: "a dead letter that does not say why",
    Wrong.INNOCENT_GIVEN_UP: "a dead letter of something that is not poison",
    Wrong.ALTERED_LETTER: "a dead letter whose content is not what was sent",
}
LOST_KINDS = frozenset({Wrong.LOST, Wrong.NOT_ARCHIVED, Wrong.NO_LETTER, Wrong.NO_TOMBSTONE, Wrong.NO_MARK, Wrong.TEXT_GONE})
EXTRA_KINDS = frozenset({Wrong.DUPLICATE, Wrong.NEVER_SENT, Wrong.REFUSED_BUT_THERE, Wrong.INNOCENT_GIVEN_UP})


class DocumentSeen(NamedTuple):
    """One document of the index."""

    document_id: str
    article_id: str
    revision: int
    status: str
    content_sha256: str | None
    has_text: bool


class RevisionSeen(NamedTuple):
    """One revision in the archive."""

    document_id: str
    article_id: str
    revision: int
    status: str
    content_sha256: str | None
    is_redacted: bool
    has_text: bool
    is_intact: bool
    """Whether its original has the hash that stands beside it."""


class LetterSeen(NamedTuple):
    """One dead letter."""

    letter: str
    """Its stream and entry id."""
    token: str | None
    """What its producer put in to know it again."""
    sha256: str | None
    """Of its field `data`."""
    reason: str
    detail: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """All that is there after the drain."""

    documents: Sequence[DocumentSeen] = ()
    revisions: Sequence[RevisionSeen] = ()
    marks: dict[str, int] = field(default_factory=dict)
    """Article to the revision of its newest takedown."""
    letters: Sequence[LetterSeen] = ()


class Finding(NamedTuple):
    """One thing that is wrong."""

    wrong: Wrong
    article_id: str
    revision: int | None
    detail: str = ""


@dataclass(slots=True)
class _Article:
    claims: list[Attempt] = field(default_factory=list)
    documents: list[DocumentSeen] = field(default_factory=list)
    revisions: list[RevisionSeen] = field(default_factory=list)


def check(attempts: Iterable[Attempt], observed: Observed) -> list[Finding]:
    """All that is wrong; empty when every promise was kept."""
    articles: defaultdict[str, _Article] = defaultdict(_Article)
    poison: list[Attempt] = []
    for attempt in attempts:
        if attempt.content is Content.POISON:
            poison.append(attempt)
        if attempt.content is not Content.POISON or attempt.is_archived:
            articles[attempt.article_id].claims.append(attempt)
    for document in observed.documents:
        articles[document.article_id].documents.append(document)
    for revision in observed.revisions:
        articles[revision.article_id].revisions.append(revision)
    findings = [
        finding
        for article_id, article in articles.items()
        for finding in _check_article(article_id, article, mark=observed.marks.get(article_id))
    ]
    findings += [
        Finding(Wrong.NEVER_SENT, article_id, revision, "a takedown's mark in the archive")
        for article_id, revision in observed.marks.items()
        if article_id not in articles
    ]
    return [*findings, *_check_letters(poison, observed.letters)]


def doubled_letters(letters: Iterable[LetterSeen]) -> int:
    """How many dead letters there are beyond one for each entry. Allowed: an entry is given up at least once."""
    origins = [letter.origin for letter in letters]
    return len(origins) - len(set(origins))


def _check_article(article_id: str, article: _Article, *, mark: int | None) -> Iterator[Finding]:
    established = [claim for claim in article.claims if claim.answer is Answer.ACCEPTED]
    unknown = [claim for claim in article.claims if claim.answer is Answer.UNKNOWN]
    refused = [claim for claim in article.claims if claim.answer is Answer.REFUSED]
    taken: set[Attempt] = set()
    rows = {row.revision: row for row in article.revisions}
    if len(rows) != len(article.revisions):
        yield Finding(Wrong.DUPLICATE, article_id, None, "the archive has two documents of one revision")
    for row in article.revisions:
        if row.document_id != f"{article_id}.{row.revision}":
            yield Finding(Wrong.NEVER_SENT, article_id, row.revision, f"the archive holds it under the id {row.document_id!r}")
        if any(_is_of(claim, row) for claim in established):
            continue
        now_known = [claim for claim in unknown if _is_of(claim, row)]
        if now_known:
            taken.update(now_known[:1])
        elif any(claim.revision == row.revision for claim in established):
            continue  # wrong content, told below
        elif any(_is_of(claim, row) for claim in refused):
            yield Finding(Wrong.REFUSED_BUT_THERE, article_id, row.revision, "in the archive")
        else:
            yield Finding(Wrong.NEVER_SENT, article_id, row.revision, f"in the archive: {row.status} {row.content_sha256}")
    for claim in established:
        # The archive may keep poison, if it can read whose it is; its dead letter has the original.
        if claim.content is not Content.POISON:
            yield from _check_archived(claim, rows, established)
    there = [_Claim(claim, claim.revision) for claim in established if claim.revision is not None]
    there += [_Claim(claim, row.revision) for claim in taken for row in article.revisions if _is_of(claim, row)]
    yield from _check_index(article_id, article, there, unknown=unknown, refused=refused)
    yield from _check_redaction(article_id, article, there, mark=mark)


class _Claim(NamedTuple):
    """What is known to have been accepted, with the revision that it got."""

    attempt: Attempt
    revision: int


def _is_of(claim: Attempt, seen: RevisionSeen | DocumentSeen) -> bool:
    """Whether this may be what was sent there."""
    if claim.revision is not None and claim.revision != seen.revision:
        return False
    if claim.revision is None and seen.revision < claim.sent_ms:
        return False
    return _is_content(claim, seen)


def _is_content(claim: Attempt, seen: RevisionSeen | DocumentSeen) -> bool:
    match claim.content:
        case Content.TEXT:
            return (seen.status, seen.content_sha256) == (USABLE, claim.sha256)
        case Content.TAKEDOWN:
            return (seen.status, seen.content_sha256) == (CANCELED, None)
        case Content.POISON:
            # It went past ingest, so nobody gave it the hash of what its producer sent.
            return (seen.status, seen.content_sha256) == (USABLE, None)


def _check_archived(claim: Attempt, rows: dict[int, RevisionSeen], established: Sequence[Attempt]) -> Iterator[Finding]:
    row = None if claim.revision is None else rows.get(claim.revision)
    if row is None:
        yield Finding(Wrong.NOT_ARCHIVED, claim.article_id, claim.revision, f"step {claim.step} ({claim.kind}), try {claim.attempt}")
    elif not _is_content(claim, row) and not any(other.revision == claim.revision and _is_content(other, row) for other in established):
        detail = f"step {claim.step}: sent {claim.sha256}, archived {row.status} {row.content_sha256}"
        yield Finding(Wrong.WRONG_ORIGINAL, claim.article_id, claim.revision, detail)


def _check_index(
    article_id: str, article: _Article, there: Sequence[_Claim], *, unknown: Sequence[Attempt], refused: Sequence[Attempt]
) -> Iterator[Finding]:
    shown = [claim for claim in there if claim.attempt.content is not Content.POISON]
    newest = max((claim.revision for claim in shown), default=None)
    top = [claim.attempt for claim in shown if claim.revision == newest]
    is_taken_down = any(claim.content is Content.TAKEDOWN for claim in top)
    if len(article.documents) > 1:
        yield Finding(Wrong.DUPLICATE, article_id, newest, f"{len(article.documents)} documents in the index")
    if not article.documents and newest is not None:
        yield Finding(Wrong.NO_TOMBSTONE if is_taken_down else Wrong.LOST, article_id, newest, _steps(top))
    for document in article.documents:
        if document.document_id != article_id:
            yield Finding(Wrong.NEVER_SENT, article_id, document.revision, f"the index holds it under the id {document.document_id!r}")
        if document.status == CANCELED and document.has_text:
            yield Finding(Wrong.TEXT_LEFT, article_id, document.revision, "in the tombstone")
        if newest is None or document.revision > newest:
            yield _without_claim(article_id, document, unknown=unknown, refused=refused)
        elif document.revision < newest:
            wrong = Wrong.RESURRECTED if is_taken_down else Wrong.STALE
            yield Finding(wrong, article_id, document.revision, f"newest accepted is {newest}: {_steps(top)}")
        elif is_taken_down and document.status != CANCELED:
            yield Finding(Wrong.RESURRECTED, article_id, document.revision, _steps(top))
        elif not is_taken_down and not any(_is_content(claim, document) for claim in top):
            detail = f"{_steps(top)}: indexed {document.status} {document.content_sha256}"
            yield Finding(Wrong.WRONG_CONTENT, article_id, document.revision, detail)


def _without_claim(article_id: str, document: DocumentSeen, *, unknown: Sequence[Attempt], refused: Sequence[Attempt]) -> Finding:
    if any(_is_of(claim, document) for claim in unknown):
        return Finding(Wrong.HALF, article_id, document.revision, "in the index and not in the archive")
    if any(_is_of(claim, document) for claim in refused):
        return Finding(Wrong.REFUSED_BUT_THERE, article_id, document.revision, "in the index")
    return Finding(Wrong.NEVER_SENT, article_id, document.revision, f"in the index: {document.status} {document.content_sha256}")


def _check_redaction(article_id: str, article: _Article, there: Sequence[_Claim], *, mark: int | None) -> Iterator[Finding]:
    last = max((claim.revision for claim in there if claim.attempt.content is Content.TAKEDOWN), default=None)
    if mark != last:
        wrong = Wrong.NO_MARK if last is not None and (mark is None or mark < last) else Wrong.NEVER_SENT
        yield Finding(wrong, article_id, last, f"the archive's mark says {mark}")
    for row in article.revisions:
        if row.status == CANCELED:
            continue
        is_covered = last is not None and row.revision <= last
        if is_covered and (row.has_text or not row.is_redacted):
            yield Finding(Wrong.TEXT_LEFT, article_id, row.revision, f"in the archive; taken down by {last}")
        elif not is_covered and not row.has_text:
            yield Finding(Wrong.TEXT_GONE, article_id, row.revision)
        elif not is_covered and not row.is_intact:
            yield Finding(Wrong.WRONG_ORIGINAL, article_id, row.revision, "the original does not have the hash beside it")


def _check_letters(poison: Sequence[Attempt], letters: Sequence[LetterSeen]) -> Iterator[Finding]:
    sent = {attempt.token: attempt for attempt in poison}
    found = {letter.token for letter in letters}
    for letter in letters:
        attempt = None if letter.token is None else sent.get(letter.token)
        if not letter.reason.strip() or not letter.detail.strip():
            yield Finding(Wrong.NO_REASON, attempt.article_id if attempt else "?", None, letter.letter)
        if attempt is None:
            yield Finding(Wrong.INNOCENT_GIVEN_UP, "?", None, f"{letter.letter} of {letter.origin}: {letter.reason}: {letter.detail}")
        elif letter.sha256 != attempt.sha256:
            yield Finding(Wrong.ALTERED_LETTER, attempt.article_id, None, letter.letter)
    for attempt in poison:
        if attempt.answer is Answer.ACCEPTED and attempt.token not in found:
            yield Finding(
                Wrong.NO_LETTER, attempt.article_id, attempt.revision, f"step {attempt.step} ({attempt.kind}), token {attempt.token}"
            )


def _steps(claims: Sequence[Attempt]) -> str:
    return ", ".join(f"step {claim.step} ({claim.kind}) try {claim.attempt}" for claim in claims[:3])
