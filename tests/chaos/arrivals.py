"""Where pushed articles have arrived: what a search finds, and what the archive holds. It asks past the links."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from opensearchpy import AsyncOpenSearch
from steady_load import Answer, Clock, Push

POLL_S: Final = 0.25
LARGEST_QUESTION: Final = 5_000


@dataclass(slots=True)
class Arrivals:
    """Notes in each accepted push when it was first found in both places, and names what was found there that is wrong."""

    client: AsyncOpenSearch
    pushes: Sequence[Push]
    """May grow meanwhile."""
    clock: Clock = time.monotonic
    wrong: list[str] = field(default_factory=list)
    _outstanding: list[Push] = field(default_factory=list)
    _looked_at: int = 0
    _unanswered: list[Push] = field(default_factory=list)

    async def watch(self) -> None:
        """Look again and again, until cancelled."""
        due = self.clock()
        while True:
            await self.look()
            due = max(due + POLL_S, self.clock())
            await asyncio.sleep(due - self.clock())

    async def look(self) -> None:
        """Look once for everything accepted that has not arrived."""
        fresh = [*self._unanswered, *self.pushes[self._looked_at :]]
        self._looked_at = len(self.pushes)
        self._unanswered = [push for push in fresh if push.answered_at is None]
        self._outstanding += [push for push in fresh if push.answered_at is not None and push.answer is Answer.ACCEPTED]
        await self._search([push for push in self._outstanding if push.searchable_at is None][:LARGEST_QUESTION])
        await self._ask_archive([push for push in self._outstanding if push.archived_at is None][:LARGEST_QUESTION])
        self._outstanding = [push for push in self._outstanding if push.arrived_at is None]

    async def _search(self, pushes: Sequence[Push]) -> None:
        if not pushes:
            return
        by_id = {push.article_id: push for push in pushes}
        body = {"query": {"ids": {"values": list(by_id)}}, "size": LARGEST_QUESTION, "_source": ["revision", "content_sha256"]}
        answer = await self.client.search(index="articles", body=body, params={"filter_path": "hits.hits._id,hits.hits._source"})
        now = self.clock()
        for hit in answer.get("hits", {}).get("hits", ()):
            push = by_id[hit["_id"]]
            push.searchable_at = now
            self._compare("index", push, hit["_source"])

    async def _ask_archive(self, pushes: Sequence[Push]) -> None:
        if not pushes:
            return
        by_id = {f"{push.article_id}.{push.revision}": push for push in pushes}
        params = {"_source_includes": "revision,content_sha256", "filter_path": "docs._id,docs.found,docs._source"}
        answer = await self.client.mget(index="revisions", body={"ids": list(by_id)}, params=params)
        now = self.clock()
        for document in answer["docs"]:
            if document.get("found"):
                push = by_id[document["_id"]]
                push.archived_at = now
                self._compare("archive", push, document["_source"])

    def _compare(self, place: str, push: Push, found: dict[str, Any]) -> None:
        expected = {"revision": push.revision, "content_sha256": push.content_sha256}
        self.wrong += [
            f"{place}: article {push.number} ({push.article_id}) has {name} {found.get(name)}, not {value}"
            for name, value in expected.items()
            if found.get(name) != value
        ]


async def never_sent(client: AsyncOpenSearch, sent: Iterable[str]) -> list[str]:
    """Native ids in the index that nobody ever sent."""
    known = set(sent)
    extra: list[str] = []
    after: list[Any] | None = None
    while True:
        body: dict[str, Any] = {"size": 10_000, "_source": ["native_id"], "sort": [{"native_id": "asc"}], "query": {"match_all": {}}}
        if after is not None:
            body["search_after"] = after
        hits = (await client.search(index="articles", body=body))["hits"]["hits"]
        extra += [str(hit["_source"]["native_id"]) for hit in hits if hit["_source"]["native_id"] not in known]
        if len(hits) < 10_000:
            return extra
        after = hits[-1]["sort"]
