"""The way of one article, put together from what was found of it: pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from kabar_chassis.letters.letter import Letter
from kabar_chassis.whereabouts import EntryId, Place, Whereabouts

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedEntry:
    """One entry of the article, and where each group of its stream has it."""

    stream: str
    entry_id: EntryId
    revision: int | None
    is_on_stream: bool
    """False: trimmed away, or removed."""
    groups: Mapping[str, Whereabouts]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """All that is known of one article."""

    article_id: str
    entries: Sequence[TracedEntry] = ()
    archived: Sequence[Mapping[str, Any]] = ()
    """Its documents in the archive, without texts: revisions, and the mark of a takedown."""
    letters: Sequence[Letter] = ()
    document: Mapping[str, Any] | None = None
    """The document in the index, without texts."""
    found: Mapping[str, Any] | None = None
    """The same as a search finds it."""
    notes: Sequence[str] = ()
    """What was not looked at, and why."""

    @property
    def is_known(self) -> bool:
        """Whether anything was found."""
        return bool(self.entries or self.archived or self.letters or self.document or self.found)

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "article_id": self.article_id,
            "timeline": [{"at": _iso(at), "what": what} for at, what in timeline(self)],
            "entries": [
                {
                    "stream": entry.stream,
                    "entry_id": str(entry.entry_id),
                    "revision": entry.revision,
                    "on_stream": entry.is_on_stream,
                    "groups": {group: asdict(where) for group, where in entry.groups.items()},
                }
                for entry in self.entries
            ],
            "archive": list(self.archived),
            "dead_letters": [_letter(letter) for letter in self.letters],
            "document": self.document,
            "searchable": _is_searchable(self),
            "notes": list(self.notes),
        }


def timeline(way: Way) -> list[tuple[datetime, str]]:
    """What happened, the earliest first, with the time of each."""
    return sorted([*_of_entries(way), *_of_archive(way), *_of_letters(way), *_of_document(way)], key=lambda step: step[0])


def now_lines(way: Way) -> list[str]:
    """Where it is now, a line each."""
    lines = [f"{entry.stream} {entry.entry_id}: {_with_groups(entry)}" for entry in way.entries]
    if way.document is None:
        lines.append("index: no document")
    else:
        seen = "a search finds it" if _is_searchable(way) else "a search does not find this revision yet"
        lines.append(f"index: revision {way.document['revision']}, {way.document['status']}; {seen}")
    waiting = [letter for letter in way.letters if letter.mark is None]
    if waiting:
        lines.append(f"dead letters: {len(waiting)} wait; `kabar dlq show {waiting[0].letter_id}`")
    return lines


def _with_groups(entry: TracedEntry) -> str:
    return "; ".join(f"{group} {_told(where, is_on_stream=entry.is_on_stream)}" for group, where in entry.groups.items())


def _told(where: Whereabouts, *, is_on_stream: bool) -> str:
    match where.place:
        case Place.PENDING:
            idle_s = (where.idle_ms or 0) / 1_000
            return f"pending with {where.consumer}, untouched for {idle_s:.1f} s, delivered {where.deliveries} times"
        case Place.WAITING if is_on_stream:
            return "has not read it yet"
        case Place.WAITING:
            return "never read it: it was removed from the stream before"
        case Place.NO_GROUP:
            return "does not exist; `kabar topology` makes it"
        case Place.DONE:
            return "done" if is_on_stream else "done, and trimmed"


def _of_entries(way: Way) -> Iterator[tuple[datetime, str]]:
    for entry in way.entries:
        revision = "" if entry.revision is None else f", revision {entry.revision}"
        yield _at(entry.entry_id.milliseconds), f"added to {entry.stream} as {entry.entry_id}{revision}"


def _of_archive(way: Way) -> Iterator[tuple[datetime, str]]:
    for kept in way.archived:
        if kept.get("archived_at") is None:
            continue
        if kept.get("kind") == "takedown":
            what = f"takedown marked in the archive, up to revision {kept['revision']}"
        else:
            text = ", without its text" if kept.get("redacted") else ""
            what = f"archived: revision {kept['revision']}, {kept['status']}{text}"
        yield datetime.fromisoformat(kept["archived_at"]), what


def _of_letters(way: Way) -> Iterator[tuple[datetime, str]]:
    for letter in way.letters:
        given_up_at = letter.letter_id.written_at_ms if letter.last_at_ms is None else letter.last_at_ms
        yield _at(given_up_at), f"given up by {letter.stage}: {letter.reason} ({letter.detail[:200]}); letter {letter.letter_id}"
        if letter.mark is not None:
            yield _at(letter.mark.at_ms), f"letter {letter.letter_id} replayed as {letter.mark.entry_id} of {letter.mark.stream}"


def _of_document(way: Way) -> Iterator[tuple[datetime, str]]:
    document = way.document
    if document is None:
        return
    for name in ("enriched_at", "indexed_at"):
        if document.get(name) is not None:
            yield datetime.fromisoformat(document[name]), f"{name.partition('_')[0]}: revision {document['revision']}, {document['status']}"


def _is_searchable(way: Way) -> bool:
    return way.document is not None and way.found is not None and way.found["revision"] == way.document["revision"]


def _letter(letter: Letter) -> dict[str, Any]:
    return {
        "letter_id": str(letter.letter_id),
        "revision": letter.revision,
        "stage": letter.stage,
        "reason": letter.reason,
        "detail": letter.detail,
        "attempts": letter.attempts,
        "origin": f"{letter.origin.name} {letter.origin_id}" if letter.origin else letter.origin_id,
        "last_at_ms": letter.last_at_ms,
        "replayed_as": f"{letter.mark.stream} {letter.mark.entry_id}" if letter.mark else None,
    }


def _at(milliseconds: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=milliseconds)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")
