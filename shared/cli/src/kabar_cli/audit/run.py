"""The audit of a living system: archive and index side by side, and whoever looks lost looked for where it may be moving.

Everything is read in the direction in which articles move, and a suspect is looked at once more after a moment before
it is named. Memory holds one page of each index, the suspects of the moment, and what lies on the streams.
"""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from kabar_chassis.letters.choice import Choice
from kabar_chassis.letters.letter_streams import chosen_letters, letters_of
from kabar_chassis.whereabouts import EntryId, Place
from kabar_contracts.identity import revision_id
from kabar_contracts.streams import RAW_DEAD, Group
from opensearchpy import AsyncOpenSearch
from redis.asyncio import Redis

from kabar_cli.audit import indices
from kabar_cli.audit.accounts import (
    ArchivedArticle,
    DocumentRow,
    Fate,
    Finding,
    RevisionRow,
    Suspect,
    Wrong,
    account_of,
    difference,
    fate_in_index,
)
from kabar_cli.audit.streams import (
    RAW_STREAMS,
    Backlog,
    StreamEntry,
    enriched_backlog,
    live_letters,
    places_in,
    raw_backlog,
)

CHUNK: Final = 2_000
"""Suspects looked at together."""
MOST_SUSPECTS: Final = 100_000
"""Suspects kept for a second look; the rest is counted. Some 60 MB."""
PAUSE_S: Final = 3.0

Sleep = Callable[[float], Awaitable[None]]


@dataclass(slots=True, kw_only=True)
class Report:
    """What an audit found."""

    accepted: int = 0
    """Revisions that were accepted, as the archive and the raw streams know them."""
    fates: Counter[Fate] = field(default_factory=Counter)
    documents: int = 0
    originals_checked: int = 0
    findings: list[Finding] = field(default_factory=list)
    not_named: int = 0
    """Suspects beyond `MOST_SUSPECTS`, which were not looked at twice and are not named."""

    @property
    def adds_up(self) -> bool:
        """Whether every accepted revision has a fate, and nothing else is wrong."""
        return not self.findings and not self.not_named and self.accepted == self.fates.total() - self.fates[Fate.UNACCOUNTED]

    def as_json(self) -> dict[str, object]:
        """For programs."""
        return {
            "adds_up": self.adds_up,
            "accepted": self.accepted,
            **{fate.value: self.fates[fate] for fate in Fate},
            "documents": self.documents,
            "originals_checked": self.originals_checked,
            "findings": [finding.as_json() for finding in self.findings],
            "not_named": self.not_named,
        }


@dataclass(slots=True, kw_only=True)
class Audit:
    """One run."""

    redis: Redis
    client: AsyncOpenSearch
    sleep: Sleep
    sample: int | None
    """How many originals are read and hashed; None: all."""
    pause_s: float = PAUSE_S
    page: int = indices.PAGE
    """Rows of each index in memory."""
    tell: Callable[[str], None] = lambda _: None
    """Told now and then how far it is."""
    report: Report = field(default_factory=Report)
    suspects: list[Suspect] = field(default_factory=list)
    covered: list[str] = field(default_factory=list)
    originals: list[str] = field(default_factory=list)
    remaining: list[Suspect] = field(default_factory=list)
    raw: Backlog = field(default_factory=raw_backlog)
    enriched: Backlog | None = None

    async def run(self) -> Report:
        """The whole audit. Raises redis.exceptions.RedisError and OpenSearchException."""
        self.enriched = await enriched_backlog(self.redis)
        async with indices.point_in_time(self.client, page=self.page) as moment:
            await self._check_raw_streams()
            await self._compare(moment)
        await self._name()
        return self.report

    # Accepted and not archived: the raw streams against the archive.

    async def _check_raw_streams(self) -> None:
        unreadable: list[StreamEntry] = []
        async for page in self.raw.entries(self.redis):
            unreadable += [entry for entry in page if entry.revision is None]
            await self._check_archived({_id_of(entry): entry for entry in page if entry.revision is not None})
        await self._check_unreadable(unreadable)

    async def _check_archived(self, newest: dict[str, StreamEntry]) -> None:
        """Count what the archive was not given yet; what it was given and does not have is suspect."""
        rows = await indices.revisions_now(self.client, list(newest))
        missing = [entry for name, entry in newest.items() if name not in rows or EntryId.of(rows[name].entry_id) < entry.entry_id]
        places = await places_in(self.redis, Group.ARCHIVE, [(entry.stream, entry.entry_id) for entry in missing])
        for entry, place in zip(missing, places, strict=True):
            is_new = _id_of(entry) not in rows
            if place is not Place.DONE:
                self._count(Fate.IN_FLIGHT, times=int(is_new))
            elif await self._has_letter(entry):
                self._count(Fate.DEAD, times=int(is_new))
            else:
                await self._suspect(
                    Suspect(
                        wrong=Wrong.NOT_ARCHIVED,
                        article_id=entry.article_id,
                        revision=entry.revision or 0,
                        entry_id=str(entry.entry_id),
                        detail=f"entry {entry.entry_id} of {entry.stream}",
                    )
                )

    async def _has_letter(self, entry: StreamEntry) -> bool:
        return any(letter.origin_id == str(entry.entry_id) for letter in await letters_of(self.redis, entry.article_id))

    async def _check_unreadable(self, entries: Sequence[StreamEntry]) -> None:
        """What does not say which article it is can only wait, or be among the dead letters."""
        if not entries:
            return
        places = await places_in(self.redis, Group.ENRICH, [(entry.stream, entry.entry_id) for entry in entries])
        since_ms = min(entry.entry_id.milliseconds for entry in entries)
        choice = Choice(streams=(RAW_DEAD,), since_ms=since_ms)
        dead = {
            f"{letter.origin.name} {letter.origin_id}" async for letter in chosen_letters(self.redis, choice) if letter.origin is not None
        }
        for entry, place in zip(entries, places, strict=True):
            where = f"{entry.stream} {entry.entry_id}"
            if place is not Place.DONE:
                self._count(Fate.IN_FLIGHT, times=1)
            elif where in dead:
                self._count(Fate.DEAD, times=1)
            else:
                self.report.accepted += 1
                self.report.fates[Fate.UNACCOUNTED] += 1
                self.report.findings.append(Finding(wrong=Wrong.LOST, article_id=entry.article_id or "?", revision=None, detail=where))

    def _count(self, fate: Fate, *, times: int) -> None:
        self.report.accepted += times
        self.report.fates[fate] += times

    # Archive and index side by side.

    async def _compare(self, moment: indices.PointInTime) -> None:
        stride = await self._stride()
        told = 0
        async for archived, documents in side_by_side(moment.archived_articles(), moment.documents()):
            account = account_of(archived, documents)
            self.report.accepted += len(archived.revisions)
            self.report.documents += len(documents)
            self.report.fates += account.fates
            for suspect in account.suspects:
                await self._suspect(suspect)
            self.covered += [_id_of(row) for row in account.covered]
            self.originals += [_id_of(row) for row in archived.revisions if not row.redacted and is_sampled(row, stride=stride)]
            if len(self.covered) + len(self.originals) >= CHUNK:
                await self._check_texts()
            if self.report.documents - told >= 50_000:  # noqa: PLR2004  # a line now and then
                told = self.report.documents
                self.tell(f"{self.report.accepted} revisions and {told} documents compared")
        await self._check_texts()
        await self._look_at_suspects()

    async def _stride(self) -> int:
        """Every how many revisions one is hashed."""
        if self.sample is None:
            return 1
        count = (await self.client.count(index=indices.REVISIONS))["count"]
        return max(1, count // self.sample) if self.sample else 0

    async def _check_texts(self) -> None:
        for name in sorted(await indices.with_text(self.client, self.covered)):
            await self._suspect(_suspect_of(Wrong.TEXT_LEFT, name))
        for name, what in sorted((await indices.broken_originals(self.client, self.originals)).items()):
            await self._suspect(_suspect_of(Wrong.ORIGINAL_DIFFERS, name, detail=what))
        self.report.originals_checked += len(self.originals)
        self.covered, self.originals = [], []

    # Suspects: looked for where they may be moving.

    async def _suspect(self, suspect: Suspect) -> None:
        self.suspects.append(suspect)
        if len(self.suspects) >= CHUNK:
            await self._look_at_suspects()

    async def _look_at_suspects(self) -> None:
        still = await self._look(self.suspects)
        room = MOST_SUSPECTS - len(self.remaining)
        self.remaining += still[:room]
        self.report.not_named += len(still[room:])
        self.report.fates[Fate.UNACCOUNTED] += sum(not suspect.has_fate for suspect in still[room:])
        self.suspects = []

    async def _name(self) -> None:
        """Look once more at what is suspect still, after a moment, and name what stays so."""
        if not self.remaining:
            return
        self.tell(f"{len(self.remaining)} suspects; looking again in {self.pause_s:g} s")
        await self.sleep(self.pause_s)
        for start in range(0, len(self.remaining), CHUNK):
            for suspect in await self._look(self.remaining[start : start + CHUNK]):
                if not suspect.has_fate:
                    self.report.fates[Fate.UNACCOUNTED] += 1
                if suspect.wrong is Wrong.NOT_ARCHIVED:
                    self._count(Fate.UNACCOUNTED, times=1)
                self.report.findings.append(
                    Finding(wrong=suspect.wrong, article_id=suspect.article_id, revision=suspect.revision, detail=suspect.detail)
                )
        self.report.findings.sort(key=lambda finding: (finding.article_id, finding.revision or 0, finding.wrong))

    async def _look(self, suspects: Sequence[Suspect]) -> list[Suspect]:
        """Those that are wrong still. Counts the fate of those that are not and had none."""
        absent = [suspect for suspect in suspects if not suspect.has_fate]
        still = await self._look_for_absent(absent)
        for wrong, look in (
            (Wrong.EXTRA, self._look_at_extra),
            (Wrong.NOT_ARCHIVED, self._look_at_not_archived),
            (Wrong.MISSING_MARK, self._look_at_marks),
            (Wrong.TEXT_LEFT, self._look_at_texts),
            (Wrong.ORIGINAL_DIFFERS, self._look_at_originals),
            (Wrong.DUPLICATE, self._look_at_duplicates),
            (Wrong.CONTENT_DIFFERS, self._look_at_differences),
            (Wrong.MISSING_TOMBSTONE, self._look_at_differences),
        ):
            chosen = [suspect for suspect in suspects if suspect.wrong is wrong and suspect.has_fate]
            if chosen:
                still += await look(chosen)
        return still

    async def _look_for_absent(self, suspects: Sequence[Suspect]) -> list[Suspect]:
        """Before the enricher, before the index, among the dead letters, in the index: in the direction in which they move."""
        left = await self._without_moving(suspects, self.raw, Group.ENRICH)
        if left and self.enriched is not None:
            await self.enriched.read_on(self.redis)
            left = await self._without_moving(left, self.enriched, Group.INDEX)
        left = [suspect for suspect in left if not await self._is_dead_or_replayed(suspect)]
        documents = await indices.documents_now(self.client, [suspect.article_id for suspect in left])
        still = []
        for suspect in left:
            document = documents.get(suspect.article_id)
            fate = fate_in_index(suspect.row, document) if suspect.row and document else None
            if fate is None:
                still.append(suspect)
            else:
                self.report.fates[fate] += 1
        return still

    async def _without_moving(self, suspects: Sequence[Suspect], backlog: Backlog, group: Group) -> list[Suspect]:
        found = [(suspect, entry) for suspect in suspects if (entry := backlog.find(suspect.article_id, suspect.revision))]
        places = await places_in(self.redis, group, [entry for _, entry in found])
        moving = {id(suspect) for (suspect, _), place in zip(found, places, strict=True) if place is not Place.DONE}
        self.report.fates[Fate.IN_FLIGHT] += len(moving)
        return [suspect for suspect in suspects if id(suspect) not in moving]

    async def _is_dead_or_replayed(self, suspect: Suspect) -> bool:
        letter = next(iter(await live_letters(self.redis, suspect.article_id, suspect.revision)), None)
        if letter is None:
            return False
        if letter.mark is None:
            self.report.fates[Fate.DEAD] += 1
            return True
        group = Group.ENRICH if letter.mark.stream in RAW_STREAMS else Group.INDEX
        (place,) = await places_in(self.redis, group, [(letter.mark.stream, EntryId.of(letter.mark.entry_id))])
        if place is Place.DONE:
            return False
        self.report.fates[Fate.IN_FLIGHT] += 1
        return True

    async def _look_at_extra(self, suspects: Sequence[Suspect]) -> list[Suspect]:
        """Accepted after the audit began, or not archived yet, or replaced by now, is not extra."""
        rows = await indices.revisions_now(self.client, [_id_of(suspect) for suspect in suspects])
        documents = await indices.documents_now(self.client, [suspect.article_id for suspect in suspects])
        left = [
            suspect
            for suspect in suspects
            if _id_of(suspect) not in rows
            and suspect.article_id in documents
            and documents[suspect.article_id].revision == suspect.revision
        ]
        if left:
            await self.raw.read_on(self.redis)
        left = [suspect for suspect in left if self.raw.find(suspect.article_id, suspect.revision) is None]
        return [suspect for suspect in left if not await self._was_given_up_by_archive(suspect)]

    async def _was_given_up_by_archive(self, suspect: Suspect) -> bool:
        return any(letter.revision == str(suspect.revision) for letter in await letters_of(self.redis, suspect.article_id))

    async def _look_at_not_archived(self, suspects: Sequence[Suspect]) -> list[Suspect]:
        rows = await indices.revisions_now(self.client, [_id_of(suspect) for suspect in suspects])
        return [
            suspect
            for suspect in suspects
            if _id_of(suspect) not in rows or EntryId.of(rows[_id_of(suspect)].entry_id) < EntryId.of(suspect.entry_id or "0")
        ]

    async def _look_at_marks(self, suspects: Sequence[Suspect]) -> list[Suspect]:
        marks = await indices.marks_now(self.client, [suspect.article_id for suspect in suspects])
        return [suspect for suspect in suspects if marks.get(suspect.article_id, -1) < suspect.revision]

    async def _look_at_texts(self, suspects: Sequence[Suspect]) -> list[Suspect]:
        left = await indices.with_text(self.client, [_id_of(suspect) for suspect in suspects])
        return [suspect for suspect in suspects if _id_of(suspect) in left]

    async def _look_at_originals(self, suspects: Sequence[Suspect]) -> list[Suspect]:
        broken = await indices.broken_originals(self.client, [_id_of(suspect) for suspect in suspects])
        return [suspect for suspect in suspects if _id_of(suspect) in broken]

    async def _look_at_duplicates(self, suspects: Sequence[Suspect]) -> list[Suspect]:
        still = []
        for suspect in suspects:
            body = {"query": {"term": {"article_id": suspect.article_id}}}
            if (await self.client.count(index=indices.ARTICLES, body=body))["count"] > 1:
                still.append(suspect)
        return still

    async def _look_at_differences(self, suspects: Sequence[Suspect]) -> list[Suspect]:
        rows = await indices.revisions_now(self.client, [_id_of(suspect) for suspect in suspects])
        documents = await indices.documents_now(self.client, [suspect.article_id for suspect in suspects])
        still = []
        for suspect in suspects:
            row, document = rows.get(_id_of(suspect)), documents.get(suspect.article_id)
            found = difference(row, document) if row and document else None
            if found is not None:
                still.append(replace(suspect, wrong=found[0], detail=found[1]))
        return still


async def side_by_side(
    archived: AsyncIterator[ArchivedArticle], documents: AsyncIterator[list[DocumentRow]]
) -> AsyncIterator[tuple[ArchivedArticle, list[DocumentRow]]]:
    """Both, joined by article; what one side does not have is empty. Both must come in the order of article ids."""
    left, right = await anext(archived, None), await anext(documents, None)
    while left is not None or right is not None:
        if left is not None and right is not None and left.article_id == right[0].article_id:
            yield left, right
            left, right = await anext(archived, None), await anext(documents, None)
        elif right is None or (left is not None and left.article_id < right[0].article_id):
            if left is not None:
                yield left, []
            left = await anext(archived, None)
        else:
            yield ArchivedArticle(article_id=right[0].article_id), right
            right = await anext(documents, None)


def is_sampled(row: RevisionRow, *, stride: int) -> bool:
    """Whether the original of this revision is hashed: every `stride`-th by its id, which is as good as chance; 0 for none."""
    return stride > 0 and (int(row.article_id[:8], 16) + row.revision) % stride == 0


def _id_of(named: StreamEntry | RevisionRow | Suspect) -> str:
    return revision_id(article_id=named.article_id, revision=named.revision or 0)


def _suspect_of(wrong: Wrong, document_id: str, *, detail: str = "") -> Suspect:
    article_id, _, revision = document_id.rpartition(".")
    return Suspect(wrong=wrong, article_id=article_id, revision=int(revision), detail=detail)
