"""Summary and mapping of every disclosure record in the index, derived anew from its assertions; no page is read again.

A document is written whole, with the version that was read: whatever was written meanwhile is newer and wins, as with the
worker. What is done has the new `mapping_version`, so a run that was cut off goes on where it stopped, and two runs do no harm.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from kabar_chassis.delivery.outcome import Blocked, Dead, Retry
from kabar_contracts.disclosure.mapping import MAPPING_VERSION
from kabar_contracts.disclosure.record import derived_anew
from opensearchpy import AsyncOpenSearch
from pydantic import ValidationError

from kabar_index.documents import json_bytes
from kabar_index.mappings import ARTICLES, ARTICLES_WRITE
from kabar_index.opensearch_bulk import Action, write

BATCH: Final = 100
"""Documents that are read and written together."""
TRIES: Final = 5
"""How often a batch is written when OpenSearch asks for patience or gives no answer."""
NAMED: Final = 20
"""Articles that are named, of those that could not be done."""
_VERSION_FIELD: Final = "ai_disclosure.mapping_version"


class RemapStoppedError(RuntimeError):
    """OpenSearch takes no documents now; what was written stays. The message says why."""


@dataclass(slots=True)
class Remapped:
    """What a run did, or would do."""

    looked_at: int = 0
    changed: int = 0
    """Records whose summary or mapping differs."""
    confirmed: int = 0
    """Records of an older mapping version that say the same under this one; their version is written."""
    untouched: int = 0
    """Records that need nothing: taken down or written anew since the search, or as they should be."""
    fits: dict[str, int] = field(default_factory=dict)
    """Changed `fit`, for example `candidates to exact` -> how many."""
    not_done: int = 0
    """Records that cannot be read, and documents that OpenSearch refuses."""
    named: dict[str, str] = field(default_factory=dict)
    """Article -> why it was not done; the first ones."""
    left: int = 0
    """Records of an older mapping version that are in the index now."""
    newer: int = 0
    """Records of a newer mapping version than this release has; they are left alone."""

    def as_json(self) -> dict[str, Any]:
        """As `--json` writes it."""
        return {"mapping_version": MAPPING_VERSION, **asdict(self)}

    def note_not_done(self, article_id: str, why: str) -> None:
        """A record stays as it was."""
        self.not_done += 1
        if len(self.named) < NAMED:
            self.named[article_id] = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Remapping:
    """A run over the index. `sleep` takes seconds; `tell` takes a line for a person after each batch."""

    client: AsyncOpenSearch
    sleep: Callable[[float], Awaitable[None]]
    tell: Callable[[str], None]
    pause_s: float = 0.0
    """After each batch, so that a busy system keeps its pace."""
    is_trial: bool = False
    """Whether nothing is written."""
    covers_all: bool = False
    """Whether records of this mapping version are derived anew, too."""

    async def run(self) -> Remapped:
        """Bring every record to this release's mapping. Raises RemapStoppedError and OpenSearchException."""
        done = Remapped()
        await self.client.indices.refresh(index=ARTICLES)
        after: str | None = None
        while batch := await self._following(after):
            await self._bring(batch, done=done)
            after = batch[-1]
            self.tell(f"{done.looked_at} looked at, {done.changed} changed, {done.confirmed} confirmed; at {after}")
            await self.sleep(self.pause_s)
        await self.client.indices.refresh(index=ARTICLES)
        done.left = await self._count({"lt": MAPPING_VERSION})
        done.newer = await self._count({"gt": MAPPING_VERSION})
        return done

    async def _following(self, after: str | None) -> Sequence[str]:
        """The next articles, by their ids. Without a point in time: what is written meanwhile is this release's, or is counted as left."""
        bound = {"lte" if self.covers_all else "lt": MAPPING_VERSION}
        body: dict[str, Any] = {"size": BATCH, "_source": False, "query": {"range": {_VERSION_FIELD: bound}}, "sort": ["article_id"]}
        if after is not None:
            body["search_after"] = [after]
        answer = await self.client.search(index=ARTICLES, body=body)
        return [hit["_id"] for hit in answer["hits"]["hits"]]

    async def _count(self, bound: Mapping[str, int]) -> int:
        answer = await self.client.count(index=ARTICLES, body={"query": {"range": {_VERSION_FIELD: bound}}})
        return int(answer["count"])

    async def _bring(self, article_ids: Sequence[str], *, done: Remapped) -> None:
        answer = await self.client.mget(index=ARTICLES, body={"ids": article_ids})
        actions = [action for found in answer["docs"] if (action := _action_on(found, done=done)) is not None]
        if actions and not self.is_trial:
            await self._write(actions, done=done)

    async def _write(self, actions: Sequence[Action], *, done: Remapped) -> None:
        waiting, why = actions, ""
        for attempt in range(TRIES):
            again: list[Action] = []
            for action, outcome in zip(waiting, await write(self.client, ARTICLES_WRITE, waiting), strict=True):
                match outcome:
                    case Retry(why=why):
                        again.append(action)
                    case Blocked(why=why):
                        raise RemapStoppedError(why)
                    case Dead(detail=detail):
                        done.note_not_done(action.document_id, detail)
            if not again:
                return
            waiting = again
            await self.sleep(2.0**attempt)
        raise RemapStoppedError(why)


def _action_on(found: Mapping[str, Any], *, done: Remapped) -> Action | None:
    """The document with its record derived anew, under the version that was read; None when there is nothing to write."""
    done.looked_at += 1
    stored = (found.get("_source") or {}).get("ai_disclosure")
    if stored is None or stored["mapping_version"] > MAPPING_VERSION:
        done.untouched += 1
        return None
    try:
        record = derived_anew(stored)
    except (ValidationError, KeyError) as error:
        fault = (
            f"its assertions cannot be read ({error.error_count()} faults)" if isinstance(error, ValidationError) else f"it has no {error}"
        )
        done.note_not_done(found["_id"], fault)
        return None
    if record == stored:
        done.untouched += 1
        return None
    if (record["summary"], record["mapped"]) == (stored["summary"], stored["mapped"]):
        done.confirmed += 1
    else:
        done.changed += 1
        before, now = stored["mapped"]["fit"], record["mapped"]["fit"]
        if before != now:
            done.fits[f"{before} to {now}"] = done.fits.get(f"{before} to {now}", 0) + 1
    return Action(document_id=found["_id"], version=found["_version"], source=json_bytes(found["_source"] | {"ai_disclosure": record}))
