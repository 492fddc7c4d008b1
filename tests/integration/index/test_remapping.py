"""The mapping of the whole index derived anew, on a real OpenSearch node, beside what goes on there."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest
from articles import NOON, enriched_article
from kabar_cli.main import app
from kabar_contracts import identity
from kabar_contracts.disclosure import mapping
from kabar_contracts.disclosure import record as records
from kabar_contracts.disclosure.assertion import Assertion, Evidence
from kabar_contracts.disclosure.record import disclosure_of
from kabar_contracts.enriched import EnrichedArticle
from kabar_contracts.fields import ArticleStatus
from kabar_embedded import RunningServer
from kabar_index import remap, remapping
from kabar_index.documents import article_document, article_version
from kabar_index.migration import migrate
from kabar_index.opensearch_bulk import Action, write
from kabar_index.remapping import Remapped, Remapping, RemapStoppedError
from opensearchpy import AsyncOpenSearch
from typer.testing import CliRunner

NOTE = "Artikel ini diterjemahkan dengan AI."
NEWER = mapping.MAPPING_VERSION + 1


def disclosed(number: int, *, generation: int = 1, **changes: Any) -> EnrichedArticle:
    evidence = Evidence(
        source="source_text",
        exact=NOTE,
        prefix="",
        suffix="",
        start=0,
        end=len(NOTE),
        position_class="closing",
        in_cleaned_body=False,
    )
    assertion = Assertion(
        id="a1",
        channel="body_text",
        polarity="affirmed",
        modality="certain",
        activity="translated",
        degree="unspecified",
        object="article_text",
        scope_level="article",
        asserted_by="publisher",
        trust="unsigned_self_declared",
        method="test",
        evidence=(evidence,),
    )
    sha256 = identity.sha256_hex(NOTE.encode())
    record = disclosure_of([assertion], channels_assessed=["body_text"], detector_version="test", assessed_at=NOON, text_sha256=sha256)
    return enriched_article(number, generation=generation, source_text=NOTE, text_sha256=sha256, ai_disclosure=record, **changes)


async def put(client: AsyncOpenSearch, *articles: EnrichedArticle, changed: dict[str, Any] | None = None) -> None:
    actions = []
    for article in articles:
        document = json.loads(article_document(article, indexed_at=NOON))
        if changed is not None:
            document["ai_disclosure"] |= changed
        actions.append(Action(document_id=article.article_id, version=article_version(article), source=json.dumps(document).encode()))
    await write(client, "articles-write", actions)


async def documents(client: AsyncOpenSearch) -> dict[str, tuple[int, dict[str, Any]]]:
    await client.indices.refresh(index="articles")
    answer = await client.search(index="articles", body={"size": 200, "version": True})
    return {hit["_id"]: (hit["_version"], hit["_source"]) for hit in answer["hits"]["hits"]}


async def run(client: AsyncOpenSearch, **options: Any) -> Remapped:
    async def wait(_: float) -> None:
        """Wait for nothing."""

    return await replace(Remapping(client=client, sleep=wait, tell=lambda _: None), **options).run()


@pytest.fixture
async def index(opensearch: AsyncOpenSearch) -> AsyncOpenSearch:
    """The client of a node with empty indices."""
    await migrate(opensearch, replicas=0, say=lambda _: None)
    return opensearch


@pytest.fixture
def next_release(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the release after this one called a translation something else."""
    mapped = mapping.map_assertions

    def mapped_otherwise(assertions: Any) -> mapping.Mapped:
        return mapped(assertions).model_copy(update={"fit": "exact", "aicdh_modes": ("ai-originated",)})

    monkeypatch.setattr(records, "map_assertions", mapped_otherwise)
    monkeypatch.setattr(records, "MAPPING_VERSION", NEWER)
    monkeypatch.setattr(remapping, "MAPPING_VERSION", NEWER)


async def test_every_record_gets_the_new_mapping_and_nothing_else_of_its_document_changes(
    index: AsyncOpenSearch, request: pytest.FixtureRequest
) -> None:
    await put(index, *(disclosed(number) for number in range(30)))
    await put(index, enriched_article(99, status=ArticleStatus.CANCELED))
    before = await documents(index)
    request.getfixturevalue("next_release")

    done = await run(index)

    assert (done.looked_at, done.changed, done.left, done.fits) == (30, 30, 0, {"candidates to exact": 30})
    expected = {}
    for article_id, (version, document) in before.items():
        if document["ai_disclosure"] is not None:
            old = document["ai_disclosure"]
            anew = {"fit": "exact", "aicdh_modes": ["ai-originated"]}
            document |= {"ai_disclosure": old | {"mapping_version": NEWER, "mapped": old["mapped"] | anew}}
        expected[article_id] = (version, document)
    assert await documents(index) == expected


async def test_a_second_run_has_nothing_to_do(index: AsyncOpenSearch, request: pytest.FixtureRequest) -> None:
    await put(index, *(disclosed(number) for number in range(3)))
    request.getfixturevalue("next_release")
    await run(index)

    assert (await run(index)).looked_at == 0
    assert (await run(index, covers_all=True)).untouched == 3


async def test_a_trial_counts_and_writes_nothing(index: AsyncOpenSearch, request: pytest.FixtureRequest) -> None:
    await put(index, *(disclosed(number) for number in range(3)))
    before = await documents(index)
    request.getfixturevalue("next_release")

    done = await run(index, is_trial=True)

    assert (done.changed, done.left) == (3, 3)
    assert await documents(index) == before


async def test_a_run_that_was_cut_off_goes_on_where_it_stopped(
    index: AsyncOpenSearch, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(index, *(disclosed(number) for number in range(30)))
    request.getfixturevalue("next_release")
    monkeypatch.setattr(remapping, "BATCH", 10)

    def interrupt(_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await run(index, tell=interrupt)

    assert (await run(index)).looked_at == 20


@pytest.mark.parametrize("later", [{"status": ArticleStatus.CANCELED}, {"revision": 1_001}])
async def test_what_is_written_while_it_runs_wins(
    index: AsyncOpenSearch, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, later: dict[str, Any]
) -> None:
    await put(index, disclosed(1))
    written_meanwhile = enriched_article(1, title=None, **later)
    request.getfixturevalue("next_release")
    read = index.mget

    async def read_and_be_overtaken(*arguments: Any, **options: Any) -> Any:
        answer = await read(*arguments, **options)
        await put(index, written_meanwhile)
        return answer

    monkeypatch.setattr(index, "mget", read_and_be_overtaken)
    await run(index)

    ((version, document),) = (await documents(index)).values()
    assert version == article_version(written_meanwhile)
    assert document["ai_disclosure"] is None


async def test_an_article_enriched_anew_replaces_a_remapped_one(index: AsyncOpenSearch, request: pytest.FixtureRequest) -> None:
    await put(index, disclosed(1))
    request.getfixturevalue("next_release")
    await run(index)
    await put(index, disclosed(1, generation=2, title="Baru"))

    ((_, document),) = (await documents(index)).values()
    assert document["title"] == "Baru"


async def test_a_record_that_cannot_be_read_is_named_and_the_rest_goes_on(index: AsyncOpenSearch, request: pytest.FixtureRequest) -> None:
    await put(index, disclosed(1), changed={"assertions": [{"id": "a1"}]})
    await put(index, disclosed(2))
    request.getfixturevalue("next_release")

    done = await run(index)

    assert (done.changed, done.not_done, done.left) == (1, 1, 1)
    assert "cannot be read" in done.named[disclosed(1).article_id]


async def test_a_record_of_a_newer_release_is_left_alone(index: AsyncOpenSearch) -> None:
    await put(index, disclosed(1), changed={"mapping_version": 7})
    before = await documents(index)

    done = await run(index, covers_all=True)

    assert (done.looked_at, done.newer) == (0, 1)
    assert await documents(index) == before


async def test_an_index_that_is_closed_for_writing_stops_the_run(index: AsyncOpenSearch, request: pytest.FixtureRequest) -> None:
    await put(index, disclosed(1))
    request.getfixturevalue("next_release")
    await index.indices.put_settings(index="articles", body={"index": {"blocks": {"write": True}}})

    with pytest.raises(RemapStoppedError):
        await run(index)


async def test_the_command_counts_first_and_then_writes(
    index: AsyncOpenSearch, opensearch_node: RunningServer, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(index, *(disclosed(number) for number in range(3)))
    request.getfixturevalue("next_release")
    monkeypatch.setenv("KABAR_OPENSEARCH_URL", opensearch_node.url)

    async def typed(*arguments: str) -> tuple[int, str]:
        result = await asyncio.to_thread(CliRunner().invoke, app, ["disclosure", "remap", *arguments])
        return result.exit_code, result.stdout

    assert await typed("--dry-run") == (
        0,
        "3 records looked at: 3 would be changed, 0 would be confirmed, 0 left as they are\n  fit candidates to exact: 3\n",
    )
    code, told = await typed("--json")
    assert (code, json.loads(told)["changed"], json.loads(told)["left"]) == (0, 3, 0)
    assert (await typed())[1] == "0 records looked at: 0 changed, 0 confirmed, 0 left as they are\n"


async def test_the_job_for_containers_does_the_same(
    index: AsyncOpenSearch, opensearch_node: RunningServer, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(index, disclosed(1))
    request.getfixturevalue("next_release")
    monkeypatch.setenv("KABAR_INDEX_OPENSEARCH_URL", opensearch_node.url)
    monkeypatch.setenv("KABAR_INDEX_REDIS_URL", "redis://unused.example")

    await asyncio.to_thread(remap.main, ["--dry-run"])
    assert (await run(index, is_trial=True)).looked_at == 1

    await asyncio.to_thread(remap.main, [])
    assert (await run(index, is_trial=True)).looked_at == 0
