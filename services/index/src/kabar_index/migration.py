"""The indices as this release needs them: made, or brought to its mapping version.

An index is never changed in place. A newer mapping is a new index: the old one is closed for writing (the workers
hold what they have and wait), copied with its versions, and the aliases are moved in one step. The old index stays
until somebody deletes it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from opensearchpy import AsyncOpenSearch
from opensearchpy.exceptions import NotFoundError, RequestError

from kabar_index.mappings import ARTICLES, ARTICLES_WRITE, MAPPING_VERSION, REVISIONS, articles_template, revisions_template

COPY_TIMEOUT_S: Final = 6 * 3_600
HINT: Final = "run `kabar index migrate`"


@dataclass(frozen=True, slots=True)
class IndexFamily:
    """One index over its generations: `articles-000001`, `articles-000002` and so on."""

    name: str
    aliases: tuple[str, ...]
    template: Callable[..., dict[str, Any]]

    def index(self, number: int) -> str:
        """The name of its index with this number."""
        return f"{self.name}-{number:06d}"

    def number(self, index: str) -> int:
        """The number in the name of one of its indices."""
        return int(index.rpartition("-")[2])


FAMILIES: Final = (
    IndexFamily(ARTICLES, (ARTICLES, ARTICLES_WRITE), articles_template),
    IndexFamily(REVISIONS, (REVISIONS,), revisions_template),
)


class MigrationError(RuntimeError):
    """A migration was not finished; the old index serves on. The message says why and what to do."""


async def mapping_version(client: AsyncOpenSearch, alias: str) -> int | None:
    """The mapping version of the index behind `alias`; None when there is none. Raises OpenSearchException."""
    try:
        answer = await client.indices.get_mapping(index=alias)
    except NotFoundError:
        return None
    return min(int(index["mappings"].get("_meta", {}).get("mapping_version", 0)) for index in answer.values())


async def migrate(client: AsyncOpenSearch, *, replicas: int, say: Callable[[str], None]) -> None:
    """Make what is missing and bring what is older to this release's mapping. Safe to run twice and after an interruption.

    Calls `say` with one line for each thing done. Raises MigrationError and OpenSearchException.
    """
    for family in FAMILIES:
        await client.indices.put_index_template(name=f"kabar-{family.name}", body=family.template(replicas=replicas))
        current = await _current_index(client, family)
        if current is None:
            await _create(client, family, family.index(1))
            await _point_aliases(client, family, family.index(1), away_from=None)
            say(f"created {family.index(1)}")
            continue
        version = await mapping_version(client, current) or 0
        if version >= MAPPING_VERSION:
            continue
        following = family.index(family.number(current) + 1)
        await _copy(client, family, current, following)
        await _point_aliases(client, family, following, away_from=current)
        say(f"copied {current} (mapping {version}) to {following} (mapping {MAPPING_VERSION}); {current} is kept, closed for writing")


async def _current_index(client: AsyncOpenSearch, family: IndexFamily) -> str | None:
    """The index that the family's aliases point to."""
    try:
        answer = await client.indices.get_alias(name=family.aliases[-1])
    except NotFoundError:
        return None
    if len(answer) != 1:
        raise MigrationError(f"alias {family.aliases[-1]} points to {sorted(answer)}; point it to one of them and {HINT} again")
    return str(next(iter(answer)))


async def _create(client: AsyncOpenSearch, family: IndexFamily, index: str) -> None:
    """Make an empty index. One of this name without an alias is the rest of an interrupted run and goes first."""
    if await client.indices.exists(index=index):
        if family.number(index) == 1 and (await client.count(index=index))["count"]:
            raise MigrationError(f"{index} exists, but alias {family.aliases[-1]} is missing; point it to {index} and {HINT} again")
        await client.indices.delete(index=index)
    await client.indices.create(index=index)


async def _copy(client: AsyncOpenSearch, family: IndexFamily, current: str, following: str) -> None:
    await client.indices.put_settings(index=current, body={"index": {"blocks": {"write": True}}})
    try:
        await _create(client, family, following)
        await _copy_documents(client, current, following)
        await _compare(client, current, following)
    except BaseException:
        await client.indices.put_settings(index=current, body={"index": {"blocks": {"write": None}}})
        raise


async def _copy_documents(client: AsyncOpenSearch, current: str, following: str) -> None:
    try:
        await client.reindex(
            body={"source": {"index": current}, "dest": {"index": following, "version_type": "external"}},
            params={"wait_for_completion": "true", "refresh": "true"},
            timeout=COPY_TIMEOUT_S,
        )
    except RequestError as error:
        failures = error.info.get("failures") if isinstance(error.info, dict) else None
        cause = failures[0].get("cause") if failures else error.error
        raise MigrationError(f"documents of {current} could not be copied to {following}: {cause}; the aliases were left alone") from error


async def _compare(client: AsyncOpenSearch, current: str, following: str) -> None:
    await client.indices.refresh(index=current)
    counts = {index: (await client.count(index=index))["count"] for index in (current, following)}
    if counts[current] != counts[following]:
        raise MigrationError(f"{following} has {counts[following]} documents, {current} {counts[current]}; the aliases were left alone")


async def _point_aliases(client: AsyncOpenSearch, family: IndexFamily, index: str, *, away_from: str | None) -> None:
    """Move all aliases of the family in one step: no reader and no writer sees half of it."""
    actions: list[dict[str, Any]] = []
    for alias in family.aliases:
        if away_from is not None:
            actions.append({"remove": {"index": away_from, "alias": alias}})
        actions.append({"add": {"index": index, "alias": alias, "is_write_index": True}})
    await client.indices.update_aliases(body={"actions": actions})
