"""Finding what is known of one article, in the streams, the archive, the index and among the dead letters. Changes nothing."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from kabar_chassis.letters.choice import Choice
from kabar_chassis.letters.letter import Letter
from kabar_chassis.letters.letter_streams import chosen_letters
from kabar_chassis.whereabouts import EntryId, whereabouts
from kabar_contracts.entry import ARTICLE_ID, REVISION
from kabar_contracts.streams import ENRICHED, ENRICHED_BACKFILL, RAW, RAW_BACKFILL, Stream
from opensearchpy import AsyncOpenSearch
from opensearchpy.exceptions import NotFoundError
from redis.asyncio import Redis

from kabar_cli.trace.way import TracedEntry, Way

STREAMS: Final = (RAW, RAW_BACKFILL, ENRICHED, ENRICHED_BACKFILL)
MOST_REVISIONS: Final = 1_000
MOST_LETTERS: Final = 1_000
_PAGE: Final = 200
_DOCUMENT: Final = ["article_id", "revision", "status", "reason", "source", "content_sha256", "received_at", "enriched_at", "indexed_at"]

Found = tuple[Stream, EntryId, int | None]


async def way_of(article_id: str, *, redis: Redis, client: AsyncOpenSearch, scan: int) -> Way:
    """The way of this article. At most `scan` entries of each stream are read, the newest first.

    Raises redis.exceptions.RedisError and OpenSearchException.
    """
    notes: list[str] = []
    archived = await _archived(client, article_id, notes=notes)
    known = [(row["stream"], EntryId.of(row["entry_id"]), int(row["revision"])) for row in archived if row.get("entry_id")]
    since = min((entry_id for _, entry_id, _ in known), default=None)
    found = await _entries(redis, article_id, since=since, scan=scan, notes=notes)
    letters = await _letters(redis, article_id, notes=notes)
    return Way(
        article_id=article_id,
        entries=await _placed(redis, found, known),
        archived=archived,
        letters=letters,
        document=await _document(client, article_id),
        found=await _found(client, article_id),
        notes=notes,
    )


async def _archived(client: AsyncOpenSearch, article_id: str, *, notes: list[str]) -> list[Mapping[str, Any]]:
    body = {
        "size": MOST_REVISIONS,
        "query": {"term": {"article_id": article_id}},
        "sort": [{"revision": "desc"}, {"kind": "asc"}],
        "_source": {"excludes": ["original", "page"]},
        "track_total_hits": True,
    }
    answer = await client.search(index="revisions", body=body)
    if answer["hits"]["total"]["value"] > MOST_REVISIONS:
        notes.append(f"the archive has {answer['hits']['total']['value']} documents of it; the newest {MOST_REVISIONS} are shown")
    rows = [hit["_source"] for hit in answer["hits"]["hits"]]
    rows.reverse()
    return rows


async def _entries(redis: Redis, article_id: str, *, since: EntryId | None, scan: int, notes: list[str]) -> list[Found]:
    """Its entries on the streams, as far as they are read: down to the entry that the archive knows, or to the limit."""
    wanted, found = article_id.encode(), list[Found]()
    for stream in STREAMS:
        end, first, left = "+", "-" if since is None else f"{since.milliseconds}-0", scan
        while left > 0:
            rows: Any = await redis.xrevrange(stream.name, max=end, min=first, count=min(left, _PAGE))
            found += [(stream, EntryId.of(entry_id), _revision(fields)) for entry_id, fields in rows if fields.get(ARTICLE_ID) == wanted]
            left -= len(rows)
            if len(rows) < min(_PAGE, left + len(rows)):
                break
            end = f"({rows[-1][0].decode()}"
        else:
            length = int(await redis.xlen(stream.name))
            if length > scan:
                notes.append(f"{stream.name}: only the newest {scan} of {length} entries were read; --scan reads more")
    return found


def _revision(fields: Mapping[bytes, bytes]) -> int | None:
    revision = fields.get(REVISION, b"")
    return int(revision) if revision.isdigit() else None


async def _placed(redis: Redis, found: Sequence[Found], known: Sequence[tuple[str, EntryId, int]]) -> list[TracedEntry]:
    """Found entries, and those that the archive knows, with how far each group is with them; the oldest first."""
    by_name = {stream.name: stream for stream in STREAMS}
    on_stream = {(stream.name, entry_id): revision for stream, entry_id, revision in found}
    for name, entry_id, _ in known:
        # Below the newest entries that were read it may still lie there.
        if (name, entry_id) not in on_stream and (rows := await redis.xrange(name, str(entry_id), str(entry_id))):
            row: Any = rows[0]
            on_stream[name, entry_id] = _revision(row[1])
    everything = on_stream | {(name, entry_id): revision for name, entry_id, revision in known}
    entries = []
    for (name, entry_id), revision in sorted(everything.items(), key=lambda item: item[0][1]):
        groups = by_name[name].groups if name in by_name else ()
        places = {group.value: (await whereabouts(redis, name, group.value, [entry_id]))[entry_id] for group in groups}
        is_on_stream = (name, entry_id) in on_stream
        entries.append(TracedEntry(stream=name, entry_id=entry_id, revision=revision, is_on_stream=is_on_stream, groups=places))
    return entries


async def _letters(redis: Redis, article_id: str, *, notes: list[str]) -> list[Letter]:
    letters: list[Letter] = []
    async for letter in chosen_letters(redis, Choice(article_id=article_id)):
        if len(letters) == MOST_LETTERS:
            notes.append(f"more than {MOST_LETTERS} dead letters; the newest are shown")
            break
        letters.append(letter)
    return letters


async def _document(client: AsyncOpenSearch, article_id: str) -> Mapping[str, Any] | None:
    try:
        answer = await client.get(index="articles", id=article_id, params={"_source_includes": ",".join(_DOCUMENT)})
    except NotFoundError as error:
        if isinstance(error.info, Mapping) and error.info.get("found") is False:
            return None
        raise
    source: Mapping[str, Any] = answer["_source"]
    return source


async def _found(client: AsyncOpenSearch, article_id: str) -> Mapping[str, Any] | None:
    body = {"size": 1, "query": {"term": {"article_id": article_id}}, "_source": _DOCUMENT}
    hits = (await client.search(index="articles", body=body))["hits"]["hits"]
    return hits[0]["_source"] if hits else None
