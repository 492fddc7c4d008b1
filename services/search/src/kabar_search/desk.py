"""The desk where questions are answered: one search or one article, for programs and for the page alike."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from kabar_search.answers import Answer, Shown, TakenDown, answer_to, reading_of
from kabar_search.opensearch_reader import ArticlesReader
from kabar_search.parameter_table import Facet
from kabar_search.parameters import Search, read_search
from kabar_search.queries import notices_on, search_body

_ARTICLE_ID: Final = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Desk:
    """What answering needs."""

    reader: ArticlesReader
    clock: Callable[[], datetime]
    """Now, with its zone."""
    zone: ZoneInfo
    query_timeout_ms: int

    def read(
        self, pairs: Iterable[tuple[str, str]], *, default_facets: tuple[Facet, ...] = (), also_known: frozenset[str] = frozenset()
    ) -> Search:
        """The search that these parameters ask for. Raises BadParametersError."""
        return read_search(pairs, now=self.clock(), default_zone=self.zone, default_facets=default_facets, also_known=also_known)

    async def answer(self, search: Search) -> Answer:
        """The answer to `search`. Raises BadParametersError, IndexUnavailableError or QueryRefusedError."""
        response = await self.reader.search(search_body(search, timeout_ms=self.query_timeout_ms))
        return answer_to(search, response, notices=notices_on(search))

    async def article(self, article_id: str) -> Shown | TakenDown | None:
        """What may be shown of an article; None when it is unknown or withheld. Raises IndexUnavailableError."""
        if not _ARTICLE_ID.fullmatch(article_id):
            return None
        return reading_of(await self.reader.document(article_id))
