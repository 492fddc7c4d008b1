from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product

import pytest
from kabar_chassis.whereabouts import EntryId, Place
from kabar_contracts.fields import ArticleStatus
from kabar_search.parameters import BadParametersError
from kabar_search.receipt_desk import ReceiptDesk
from kabar_search.receipts import (
    LOST,
    NEVER_READ,
    ArchiveFacts,
    DocumentFacts,
    IndexFacts,
    LetterFacts,
    Receipt,
    Stage,
    Standing,
    StreamFacts,
    read_receipt,
    read_wait,
    standing_of,
)

OWN = Receipt(article_id="a" * 32, revision=2_000, entry_id=EntryId(5_000, 3))
OLDER, NEWER = 1_000, 3_000
NO_INDEX = IndexFacts(archived=None, stored=None, found=None)


def document(revision: int, status: ArticleStatus = ArticleStatus.USABLE) -> DocumentFacts:
    return DocumentFacts(revision=revision, status=status, enriched_at="E", indexed_at="I")


def letter(*, origin: EntryId | None = OWN.entry_id, stage: str = "enrich", replayed: Place | None = None) -> LetterFacts:
    return LetterFacts(
        letter_id="dead 1-0",
        origin=origin,
        stage=stage,
        reason="invalid_message",
        detail="title is missing",
        attempts=1,
        dead_at=datetime(2026, 5, 4, tzinfo=UTC),
        replayed=replayed,
    )


def archive(entry_id: EntryId = OWN.entry_id) -> ArchiveFacts:
    return ArchiveFacts(entry_id=entry_id, stream="raw", archived_at="A")


def streams(
    enrich: Place = Place.DONE, *, on_stream: bool = True, next_is_idle: bool = False, letters: tuple[LetterFacts, ...] = ()
) -> StreamFacts:
    return StreamFacts(is_on_stream=on_stream, enrich=enrich, next_is_idle=next_is_idle, letters=letters)


def index(stored: DocumentFacts | None = None, found: DocumentFacts | None = None, archived: ArchiveFacts | None = None) -> IndexFacts:
    return IndexFacts(archived=archived, stored=stored, found=found)


WITHHELD, CANCELED = ArticleStatus.WITHHELD, ArticleStatus.CANCELED
TABLE = {
    "waiting for the enricher": (streams(Place.WAITING), NO_INDEX, Stage.ACCEPTED, False),
    "with the enricher": (streams(Place.PENDING), NO_INDEX, Stage.ACCEPTED, False),
    "accepted before the group exists": (streams(Place.NO_GROUP), NO_INDEX, Stage.ACCEPTED, False),
    "handed over": (streams(), NO_INDEX, Stage.ENRICHED, False),
    "handed over, an older one is searched": (streams(), index(document(OLDER), document(OLDER)), Stage.ENRICHED, False),
    "handed over, trimmed": (streams(on_stream=False), index(archived=archive()), Stage.ENRICHED, False),
    "in the index, not yet in searches": (streams(), index(document(2_000)), Stage.INDEXED, False),
    "in the index, searches show an older one": (streams(), index(document(2_000), document(OLDER)), Stage.INDEXED, False),
    "found by a search": (streams(), index(document(2_000), document(2_000)), Stage.SEARCHABLE, True),
    "found by a search, trimmed": (
        streams(on_stream=False),
        index(document(2_000), document(2_000), archive()),
        Stage.SEARCHABLE,
        True,
    ),
    "withheld, an older one is still shown": (streams(), index(document(2_000, WITHHELD), document(OLDER)), Stage.INDEXED, False),
    "withheld": (streams(), index(document(2_000, WITHHELD), document(2_000, WITHHELD)), Stage.INDEXED, True),
    "a newer one is in the index": (streams(), index(document(NEWER)), Stage.SUPERSEDED, True),
    "a newer one came between the get and the search": (streams(), index(document(2_000), document(NEWER)), Stage.SUPERSEDED, True),
    "a newer one arrived before the enricher had read this": (streams(Place.WAITING), index(document(NEWER)), Stage.SUPERSEDED, True),
    "a takedown that is in force": (streams(), index(document(2_000, CANCELED), document(2_000, CANCELED)), Stage.CANCELED, True),
    "a takedown, the text is still found": (streams(), index(document(2_000, CANCELED), document(OLDER)), Stage.INDEXED, False),
    "taken down later": (streams(), index(document(NEWER, CANCELED), document(NEWER, CANCELED)), Stage.CANCELED, True),
    "taken down later, the text is still found": (streams(), index(document(NEWER, CANCELED), document(2_000)), Stage.INDEXED, False),
    "given up by the enricher": (streams(letters=(letter(),)), NO_INDEX, Stage.DEAD_LETTERED, True),
    "given up, trimmed, never archived": (streams(on_stream=False, letters=(letter(),)), NO_INDEX, Stage.DEAD_LETTERED, True),
    "given up by the index": (
        streams(letters=(letter(stage="index", origin=EntryId(5_000, 0)),)),
        NO_INDEX,
        Stage.DEAD_LETTERED,
        True,
    ),
    "given up by the archive alone": (streams(letters=(letter(stage="archive"),)), NO_INDEX, Stage.ENRICHED, False),
    "an earlier push of the revision was given up": (streams(letters=(letter(origin=EntryId(5_000, 2)),)), NO_INDEX, Stage.ENRICHED, False),
    "given up again after a replay": (
        streams(letters=(letter(origin=EntryId(9_000, 0)), letter(replayed=Place.WAITING))),
        NO_INDEX,
        Stage.DEAD_LETTERED,
        True,
    ),
    "replayed, and handed over again": (streams(letters=(letter(replayed=Place.DONE),)), NO_INDEX, Stage.ENRICHED, False),
    "replayed": (streams(letters=(letter(replayed=Place.WAITING),)), NO_INDEX, Stage.ACCEPTED, False),
    "given up, then a newer one came": (streams(letters=(letter(),)), index(document(NEWER)), Stage.SUPERSEDED, True),
    "given up, replayed and found": (
        streams(letters=(letter(replayed=Place.WAITING),)),
        index(document(2_000), document(2_000)),
        Stage.SEARCHABLE,
        True,
    ),
}


@pytest.mark.parametrize("case", TABLE, ids=str)
def test_the_stage_follows_from_the_facts(case: str) -> None:
    told, known, stage, is_final = TABLE[case]

    standing = standing_of(OWN, streams=told, index=known)

    assert standing is not None
    assert (standing.stage, standing.is_final, standing.problem) == (stage, is_final, None)


@pytest.mark.parametrize(
    ("told", "known"),
    [
        (streams(on_stream=False), NO_INDEX),
        (streams(Place.NO_GROUP, on_stream=False), NO_INDEX),
        (streams(Place.WAITING, on_stream=False), NO_INDEX),
        (streams(on_stream=False), index(document(NEWER), document(NEWER))),
        (streams(on_stream=False), index(archived=archive(EntryId(4_999, 9)))),
        (streams(on_stream=False), index(document(2_000), document(2_000), archive(EntryId(4_999, 9)))),
        (streams(on_stream=False, letters=(letter(origin=EntryId(4_999, 0)),)), NO_INDEX),
        (None, NO_INDEX),
        (None, index(document(NEWER), document(NEWER))),
    ],
)
def test_what_nothing_proves_was_never_accepted(told: StreamFacts | None, known: IndexFacts) -> None:
    assert standing_of(OWN, streams=told, index=known) is None


def test_a_later_push_of_the_same_revision_proves_the_earlier_one() -> None:
    standing = standing_of(OWN, streams=streams(on_stream=False), index=index(archived=archive(EntryId(9_000, 0))))

    assert standing is not None
    assert standing.stage is Stage.ENRICHED


def test_an_article_that_is_nowhere_any_more_is_named_as_a_problem() -> None:
    standing = standing_of(OWN, streams=streams(on_stream=False, next_is_idle=True), index=index(archived=archive()))

    assert standing is not None
    assert (standing.stage, standing.is_final, standing.problem) == (Stage.ENRICHED, False, LOST)


def test_an_entry_that_was_removed_unread_is_named_as_a_problem() -> None:
    standing = standing_of(OWN, streams=streams(Place.WAITING, on_stream=False), index=index(archived=archive()))

    assert standing is not None
    assert (standing.stage, standing.problem) == (Stage.ACCEPTED, NEVER_READ)


@pytest.mark.parametrize(
    ("known", "stage", "is_incomplete"),
    [
        (index(archived=archive()), Stage.ACCEPTED, True),
        (index(document(OLDER), document(OLDER), archive()), Stage.ACCEPTED, True),
        (index(document(2_000), None, archive()), Stage.INDEXED, False),
        (index(document(2_000), document(2_000)), Stage.SEARCHABLE, False),
        (index(document(NEWER), document(NEWER), archive()), Stage.SUPERSEDED, False),
    ],
)
def test_without_redis_the_indices_tell_what_they_can(known: IndexFacts, stage: Stage, *, is_incomplete: bool) -> None:
    standing = standing_of(OWN, streams=None, index=known, unknown_because="Redis is away.")

    assert standing is not None
    assert (standing.stage, standing.unknown_because) == (stage, "Redis is away." if is_incomplete else None)


def _every_combination() -> Iterator[tuple[StreamFacts | None, IndexFacts]]:
    documents = [None, *(document(revision, status) for revision, status in product((OLDER, 2_000, NEWER), ArticleStatus))]
    archives = [None, archive(EntryId(4_000, 0)), archive(), archive(EntryId(6_000, 0))]
    letters = [
        (),
        (letter(),),
        (letter(replayed=Place.WAITING),),
        (letter(replayed=Place.DONE),),
        (letter(stage="archive"),),
        (letter(stage="index", origin=EntryId(5_500, 0)),),
    ]
    told = [
        None,
        *(
            streams(*facts[:1], on_stream=facts[1], next_is_idle=facts[2], letters=facts[3])
            for facts in product(Place, (True, False), (True, False), letters)
        ),
    ]
    for facts, kept, stored, found in product(told, archives, documents, documents):
        yield facts, index(stored, found, kept)


def _broken_rules(standing: Standing, told: StreamFacts | None, known: IndexFacts) -> Iterator[str]:
    revisions = [one.revision for one in (known.stored, known.found) if one]
    newest = max(revisions, default=0)
    if standing.stage is Stage.SEARCHABLE and not (known.found and known.found.revision == newest == 2_000 and standing.is_final):
        yield "searchable without a search that found it"
    if standing.stage is Stage.CANCELED and not (known.found and known.found.status is CANCELED):
        yield "canceled while a search finds the text"
    if (standing.stage is Stage.SUPERSEDED) and newest <= 2_000:
        yield "superseded by nothing"
    if standing.stage is Stage.DEAD_LETTERED and (newest >= 2_000 or told is None or standing.letter is None):
        yield "dead although it is in the index, or without a letter"
    if newest >= 2_000 and standing.stage in (Stage.ACCEPTED, Stage.ENRICHED):
        yield "on its way although the index has it or a newer one"
    if standing.problem and (standing.is_final or newest >= 2_000 or told is None):
        yield "a problem where everything is well"
    if standing.unknown_because and told is not None:
        yield "incomplete although Redis answered"
    if standing.stage is Stage.ENRICHED and (told is None or Place.DONE not in (told.enrich, standing.letter and standing.letter.replayed)):
        yield "enriched although the enricher is not done with it"


def test_no_combination_of_facts_tells_more_than_is_known() -> None:
    broken = {
        rule
        for told, known in _every_combination()
        if (standing := standing_of(OWN, streams=told, index=known, unknown_because="away" if told is None else None)) is not None
        for rule in _broken_rules(standing, told, known)
    }

    assert broken == set()


def test_a_receipt_is_read_as_ingest_writes_it() -> None:
    text = "aceb4da795841a61208a1451911069ba.1795531034709.1795531034710-0"

    receipt = read_receipt(text)

    assert receipt == Receipt("aceb4da795841a61208a1451911069ba", 1795531034709, EntryId(1795531034710, 0))
    assert str(receipt) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "a" * 32,
        f"{'a' * 32}.1",
        f"{'a' * 32}.1.1",
        f"{'A' * 32}.1.1-0",
        f"{'a' * 32}.-1.1-0",
        f"{'a' * 32}.9999999999999999.1-0",
        f"{'a' * 32}.1.1-0 ",
        f"{'a' * 32}.1.{'9' * 30}-0",
    ],
)
def test_what_is_no_receipt_is_not_read(text: str) -> None:
    assert read_receipt(text) is None


@pytest.mark.parametrize(
    ("values", "seconds"), [([], 0.0), (["5s"], 5.0), (["500ms"], 0.5), (["0s"], 0.0), (["30s"], 30.0), (["30000ms"], 30.0)]
)
def test_a_wait_is_read_in_seconds_or_milliseconds(values: list[str], seconds: float) -> None:
    assert read_wait(values) == seconds


@pytest.mark.parametrize("values", [["5"], ["31s"], ["30001ms"], ["-1s"], ["1m"], ["1.5s"], [""], ["5s", "5s"], ["\u0665s"]])
def test_a_wait_that_cannot_be_is_refused(values: list[str]) -> None:
    with pytest.raises(BadParametersError, match="wait"):
        read_wait(values)


async def test_a_wait_ends_when_nobody_listens_any_more() -> None:
    desk = ReceiptDesk(documents=_NothingArrives(), streams=None, monotonic=lambda: 0.0)  # type: ignore[arg-type]  # only its facts are asked for

    async def is_gone() -> bool:
        return True

    standing = await desk.standing(OWN, wait_s=30.0, is_gone=is_gone)

    assert standing is not None
    assert (standing.stage, desk.waiting) == (Stage.ACCEPTED, 0)


async def test_whoever_comes_when_too_many_wait_is_answered_at_once() -> None:
    desk = ReceiptDesk(documents=_NothingArrives(), streams=None, monotonic=lambda: 0.0, waiters=0)  # type: ignore[arg-type]  # as above

    async def is_gone() -> bool:
        raise AssertionError

    assert await desk.standing(OWN, wait_s=30.0, is_gone=is_gone) is not None


class _NothingArrives:
    """An archive that has the article, before an index that never gets it."""

    async def facts(self, _: Receipt) -> IndexFacts:
        return index(archived=archive())
