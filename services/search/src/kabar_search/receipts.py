"""What has become of one accepted article: derived from what lies on the streams, among the dead letters and in the indices.

Pure: facts in, a standing out. Nobody writes anything for the sake of receipts.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from kabar_chassis.whereabouts import EntryId, Place
from kabar_contracts.fields import ArticleStatus
from kabar_contracts.identity import LARGEST_REVISION
from kabar_contracts.streams import Group

from kabar_search.parameters import BadParametersError, Fault

LONGEST_WAIT_S: Final = 30.0

_RECEIPT: Final = re.compile(r"([0-9a-f]{32})\.([0-9]{1,16})\.([0-9]{1,15})-([0-9]{1,19})")
_WAIT: Final = re.compile(r"([0-9]{1,6})(ms|s)")
_MILLISECONDS_OF: Final = {"ms": 1, "s": 1_000}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Stage(StrEnum):
    """How far one revision of an article has come."""

    ACCEPTED = "accepted"
    """It lies on the raw stream and waits for the enricher, or is with it."""
    ENRICHED = "enriched"
    """It was handed on and waits to be written to the index."""
    INDEXED = "indexed"
    """The index has it; a search may not show it yet. Where a withheld article ends."""
    SEARCHABLE = "searchable"
    """A search was run and found this revision."""
    DEAD_LETTERED = "dead_lettered"
    """It was given up, for the reason that is told."""
    SUPERSEDED = "superseded"
    """A newer revision is in the index."""
    CANCELED = "canceled"
    """The article was taken down, by this revision or a newer one, and a search no longer finds its text."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What ingest answered with: which revision of which article, and the entry it lies in."""

    article_id: str
    revision: int
    entry_id: EntryId

    def __str__(self) -> str:
        """As ingest writes it."""
        return f"{self.article_id}.{self.revision}.{self.entry_id}"


def read_receipt(text: str) -> Receipt | None:
    """The receipt that is written so; None when it is none."""
    found = _RECEIPT.fullmatch(text)
    if found is None or int(found[2]) > LARGEST_REVISION:
        return None
    return Receipt(article_id=found[1], revision=int(found[2]), entry_id=EntryId(int(found[3]), int(found[4])))


def read_wait(values: list[str]) -> float:
    """Seconds to wait for a final stage, 0 where none are asked for. Raises BadParametersError."""
    if not values:
        return 0.0
    found = _WAIT.fullmatch(values[0])
    seconds = int(found[1]) * _MILLISECONDS_OF[found[2]] / 1_000 if found else LONGEST_WAIT_S + 1
    if len(values) > 1 or seconds > LONGEST_WAIT_S:
        given = "given more than once" if len(values) > 1 else f"{values[0][:80]!r}"
        hint = f"Write it once, like 5s or 500ms, at most {LONGEST_WAIT_S:.0f}s."
        raise BadParametersError([Fault("wait", "not_a_wait", f"wait is {given}.", hint)])
    return seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFacts:
    """One dead letter of this revision."""

    letter_id: str
    origin: EntryId | None
    """The entry that was given up, on the stream of its stage."""
    stage: str
    """The group that gave it up: `enrich`, `archive` or `index`."""
    reason: str
    detail: str
    attempts: int
    dead_at: datetime
    replayed: Place | None = None
    """How far the group `enrich` is with the entry that a replay made of it; None when it was not replayed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamFacts:
    """What Redis tells of a revision."""

    is_on_stream: bool
    """The entry of the receipt lies on a raw stream."""
    enrich: Place
    """How far the group `enrich` is with that id, whether or not the entry still lies there."""
    next_is_idle: bool
    """When that was known, nothing waited for the group `index` and nothing was pending with it."""
    letters: tuple[LetterFacts, ...] = ()
    """Dead letters of this article and revision, the newest first. Read after the groups."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """What is in the index under the id of the article."""

    revision: int
    status: ArticleStatus
    enriched_at: str | None = None
    indexed_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveFacts:
    """What the archive has of a revision."""

    entry_id: EntryId
    """The newest entry that carried this revision."""
    stream: str
    """Where that entry lay."""
    archived_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexFacts:
    """What OpenSearch tells of a revision. Read after the streams."""

    archived: ArchiveFacts | None
    stored: DocumentFacts | None
    """The document by its id, at once after it was written."""
    found: DocumentFacts | None
    """The same as a search finds it; None also where the document is an older one, which was not searched for. Searched last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What has become of the revision of a receipt."""

    receipt: Receipt
    stage: Stage
    is_final: bool
    """Nothing more will happen by itself."""
    status: ArticleStatus | None = None
    superseded_by: int | None = None
    letter: LetterFacts | None = None
    archived_at: str | None = None
    enriched_at: str | None = None
    indexed_at: str | None = None
    unknown_because: str | None = None
    """Why more than this cannot be told now."""
    problem: str | None = None
    """What a person should look at."""
    stream: str | None = None
    """The raw stream on which its entry was seen; for those who look again, not sent."""

    def as_json(self) -> dict[str, Any]:
        """As it is sent. Times that nobody knows are null."""
        letter = self.letter
        return {
            "receipt": str(self.receipt),
            "article_id": self.receipt.article_id,
            "revision": self.receipt.revision,
            "entry_id": str(self.receipt.entry_id),
            "stage": self.stage.value,
            "final": self.is_final,
            "status": self.status.value if self.status else None,
            "superseded_by": self.superseded_by,
            "accepted_at": _iso(_EPOCH + timedelta(milliseconds=self.receipt.entry_id.milliseconds)),
            "archived_at": self.archived_at,
            "enriched_at": self.enriched_at,
            "indexed_at": self.indexed_at,
            "dead_lettered_at": _iso(letter.dead_at) if letter else None,
            "dead_letter": None
            if letter is None
            else {
                "letter_id": letter.letter_id,
                "stage": letter.stage,
                "reason": letter.reason,
                "detail": letter.detail,
                "attempts": letter.attempts,
                "replayed": letter.replayed is not None,
            },
            "incomplete": self.unknown_because is not None,
            "incomplete_reason": self.unknown_because,
            "problem": self.problem,
        }


LOST: Final = (
    "It was accepted, but it is not in the index, not among the dead letters and not on its way. "
    "`kabar trace` shows its way; `kabar audit` names all such articles."
)
NEVER_READ: Final = "Its entry was removed from the stream before it was read. `kabar audit` names all such articles."


def standing_of(receipt: Receipt, *, streams: StreamFacts | None, index: IndexFacts, unknown_because: str | None = None) -> Standing | None:
    """What has become of this receipt; None when, as far as can be known, nothing was ever accepted under it.

    `streams` is None where Redis could not be asked; `unknown_because` then says why.
    """
    if not _is_proven(receipt, streams=streams, index=index):
        return None
    archived_at = index.archived.archived_at if index.archived else None
    newest = _newest(index)
    if newest is not None and newest.revision >= receipt.revision:
        return _standing_in_index(receipt, newest, found=index.found, archived_at=archived_at)
    if streams is None:
        return Standing(receipt=receipt, stage=Stage.ACCEPTED, is_final=False, archived_at=archived_at, unknown_because=unknown_because)
    return _standing_on_the_way(receipt, streams, archived_at=archived_at)


def _is_proven(receipt: Receipt, *, streams: StreamFacts | None, index: IndexFacts) -> bool:
    """Whether something was accepted under this receipt.

    The archive keeps one entry a revision, the newest: an id beyond it that lies on no stream was made up.
    """
    archived, stored = index.archived, index.stored
    if archived is not None and archived.entry_id >= receipt.entry_id:
        return True
    if streams is None:
        return archived is not None or (stored is not None and stored.revision == receipt.revision)
    if streams.is_on_stream or any(letter.origin == receipt.entry_id for letter in streams.letters):
        return True
    return archived is None and stored is not None and stored.revision == receipt.revision


def _newest(index: IndexFacts) -> DocumentFacts | None:
    known = [document for document in (index.stored, index.found) if document is not None]
    return max(known, key=lambda document: document.revision) if known else None


def _standing_in_index(receipt: Receipt, newest: DocumentFacts, *, found: DocumentFacts | None, archived_at: str | None) -> Standing:
    is_own = newest.revision == receipt.revision
    is_shown = found is not None and (found.revision, found.status) == (newest.revision, newest.status)
    stage, is_final = Stage.INDEXED, is_shown
    if newest.status is ArticleStatus.CANCELED:
        stage = Stage.CANCELED if is_shown else Stage.INDEXED
    elif not is_own:
        stage, is_final = Stage.SUPERSEDED, True
    elif newest.status is ArticleStatus.USABLE and is_shown:
        stage = Stage.SEARCHABLE
    return Standing(
        receipt=receipt,
        stage=stage,
        is_final=is_final,
        status=newest.status,
        superseded_by=None if is_own else newest.revision,
        archived_at=archived_at,
        enriched_at=newest.enriched_at if is_own else None,
        indexed_at=newest.indexed_at if is_own else None,
    )


def _standing_on_the_way(receipt: Receipt, streams: StreamFacts, *, archived_at: str | None) -> Standing:
    letter = next((letter for letter in streams.letters if _is_about(letter, receipt)), None)
    if letter is not None and letter.replayed is None:
        return Standing(receipt=receipt, stage=Stage.DEAD_LETTERED, is_final=True, letter=letter, archived_at=archived_at)
    enrich = letter.replayed if letter is not None else streams.enrich
    stage, problem = Stage.ACCEPTED, None
    if enrich is Place.DONE:
        stage = Stage.ENRICHED
        problem = LOST if streams.next_is_idle else None
    elif letter is None and not streams.is_on_stream:
        problem = NEVER_READ
    return Standing(receipt=receipt, stage=stage, is_final=False, letter=letter, archived_at=archived_at, problem=problem)


def _is_about(letter: LetterFacts, receipt: Receipt) -> bool:
    """Whether this letter ends the way of the receipt: its own entry's, or that of a later one with the same revision.

    What the archive gave up may still be enriched. Ids of the enriched stream come from the same clock.
    """
    if letter.stage == Group.ARCHIVE.value or letter.origin is None:
        return False
    if letter.stage == Group.ENRICH.value:
        return letter.origin >= receipt.entry_id
    return letter.origin.milliseconds >= receipt.entry_id.milliseconds


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")
