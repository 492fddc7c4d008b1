"""Every answer that OpenSearch, or what stands before it, can give: through the real client, over real sockets.

Each case is one answer to a batch of two documents, `first` and `second`. Whatever it is: only what was written is
done, only a document that is to blame is given up, nothing is sent twice by itself, and everything else is written as
soon as the answers are good again.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
import scripted_opensearch as scripted
from kabar_chassis.delivery.outcome import Blocked, Dead, Done, Outcome, Reason, Retry
from kabar_embedded import free_port
from kabar_index.opensearch_bulk import LARGE_BYTES, REQUEST_BYTES, Action, write
from kabar_index.opensearch_client import connect
from kabar_index.settings import Settings
from opensearchpy import AsyncOpenSearch
from pydantic import SecretStr
from waiting import wait_until

FIRST, SECOND = "first", "second"
REQUEST_FULL = REQUEST_BYTES // LARGE_BYTES
"""How many of the largest documents that share a request fill one."""
PAGE = b"<html><body><h1>502 Bad Gateway</h1></body></html>" * 50


@asynccontextmanager
async def client_of(url: str, *, timeout_s: float = 5) -> AsyncIterator[AsyncOpenSearch]:
    """A client as the worker has it."""
    client = connect(Settings(redis_url=SecretStr("redis://unused"), opensearch_url=url, opensearch_timeout_s=timeout_s))
    try:
        yield client
    finally:
        await client.close()


def batch(*sizes: int) -> list[Action]:
    names = [FIRST, SECOND, *(f"more{n}" for n in range(len(sizes)))]
    return [
        Action(document_id=name, version=1_024, source=orjson.dumps({"body": "x" * size}))
        for name, size in zip(names, sizes or (10, 10), strict=False)
    ]


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    reply: scripted.Reply
    expected: tuple[type[Outcome], type[Outcome]]
    why: str = ""
    """Part of what is told of the second document."""


def of_second(name: str, item: dict[str, Any], expected: type[Outcome], why: str = "") -> Case:
    """A verdict on the second document alone."""
    return Case(name, scripted.bulk_answer({SECOND: item}), (Done, expected), why)


def of_both(name: str, reply: scripted.Reply, expected: type[Outcome], why: str = "") -> Case:
    return Case(name, reply, (expected, expected), why)


def items(change: Any) -> scripted.Reply:
    """A true answer whose list of items was changed."""
    return scripted.reshaped(lambda body: {**body, "items": change(body["items"])})


VERDICTS = [
    of_second("a document that was created is done", {"status": 201}, Done),
    of_second("a document that was overwritten is done", {"status": 200}, Done),
    of_second(
        "a document that is older than what is there is done",
        scripted.refusal(409, "version_conflict_engine_exception", "current version [2048] is higher than the one provided [1024]"),
        Done,
    ),
    of_second("another conflict is not done", scripted.refusal(409, "resource_already_exists_exception"), Blocked),
    of_second("a document with a date that is none is given up", scripted.refusal(400, "mapper_parsing_exception", "published_at"), Dead),
    of_second("a document with an unknown field is given up", scripted.refusal(400, "strict_dynamic_mapping_exception", "[x]"), Dead),
    of_second("a document that cannot be parsed is given up", scripted.refusal(400, "document_parsing_exception", "[1:2]"), Dead),
    of_second("a document with broken content is given up", scripted.refusal(400, "x_content_parse_exception", "[1:2]"), Dead),
    of_second(
        "a document with a term that is too long is given up",
        scripted.refusal(400, "illegal_argument_exception", "Document contains at least one immense term in field"),
        Dead,
    ),
    of_second("a document over a limit of Lucene is given up", scripted.refusal(400, "max_bytes_length_exceeded_exception"), Dead),
    of_second("a 400 that nobody knows blocks", scripted.refusal(400, "some_new_exception", "?"), Blocked, "some_new_exception"),
    of_second("a missing alias blocks", scripted.refusal(404, "index_not_found_exception", "require_alias"), Blocked, "require_alias"),
    of_second("the limit of shards blocks", scripted.refusal(400, "validation_exception", "maximum shards open"), Blocked, "shards"),
    of_second("an alias without a write index blocks", scripted.refusal(400, "illegal_argument_exception", "no write index"), Blocked),
    of_second("the limit of fields blocks", scripted.refusal(400, "illegal_argument_exception", "Limit of total fields"), Blocked),
    of_second("a closed index blocks", scripted.refusal(400, "index_closed_exception", "closed"), Blocked, "closed"),
    of_second(
        "a document that may not be written by this user blocks", scripted.refusal(403, "security_exception", "no permissions"), Blocked
    ),
    of_second("an index that is closed for writing blocks", scripted.refusal(403, "cluster_block_exception", "index write (api)"), Blocked),
    of_second(
        "a disk that is full blocks", scripted.refusal(429, "cluster_block_exception", "disk usage exceeded flood-stage"), Blocked, "disk"
    ),
    of_second("a queue that is full passes", scripted.refusal(429, "rejected_execution_exception", "queue full"), Retry),
    of_second("pressure on the index passes", scripted.refusal(429, "opensearch_rejected_execution_exception"), Retry),
    of_second("a circuit breaker passes", scripted.refusal(429, "circuit_breaking_exception", "Data too large"), Retry),
    of_second("a shard that is away passes", scripted.refusal(503, "unavailable_shards_exception"), Retry),
    of_second(
        "a node that does not know its cluster yet passes", scripted.refusal(503, "cluster_block_exception", "state not recovered"), Retry
    ),
    of_second("a mapping update that takes too long passes", scripted.refusal(503, "process_cluster_event_timeout_exception"), Retry),
    of_second("a fault of the node passes", scripted.refusal(500, "null_pointer_exception"), Retry),
    of_second("a status outside HTTP is not done", {"status": 0}, Blocked),
    of_second("a status that is no number is not done", {"status": "201"}, Retry),
    of_second("a status of true is not done", {"status": True}, Retry),
    of_second("a missing status is not done", {"status": None}, Retry),
    of_second("a success with an error is not done", scripted.refusal(201, "contradiction"), Retry),
    of_second("an error that is a text blocks", {"status": 400, "error": "no"}, Blocked),
    of_second("an error that is a list blocks", {"status": 400, "error": []}, Blocked),
]

REFUSED_REQUESTS = [
    of_both("wrong credentials block", scripted.answer(401, b"Unauthorized", content_type="text/plain"), Blocked, "401 Unauthorized"),
    of_both(
        "missing rights block",
        scripted.error(403, "security_exception", "no permissions for [indices:data/write/bulk]"),
        Blocked,
        "no perm",
    ),
    of_both(
        "a write block on the cluster blocks", scripted.error(403, "cluster_block_exception", "cluster read-only"), Blocked, "read-only"
    ),
    of_both("a missing index blocks", scripted.error(404, "index_not_found_exception", "no such index"), Blocked, "no such index"),
    of_both("a request that OpenSearch cannot read blocks", scripted.error(400, "illegal_argument_exception", "Malformed action"), Blocked),
    of_both(
        "a method that is not allowed blocks", scripted.answer(405, {"error": "Incorrect HTTP method"}), Blocked, "Incorrect HTTP method"
    ),
    of_both("a proxy that wants a password blocks", scripted.answer(407, PAGE, content_type=scripted.HTML), Blocked, "407"),
    of_both(
        "a full disk on the whole cluster blocks", scripted.error(429, "cluster_block_exception", "flood-stage"), Blocked, "flood-stage"
    ),
    of_both("a full coordinator passes", scripted.error(429, "rejected_execution_exception", "queue"), Retry),
    of_both("a circuit breaker on the request passes", scripted.error(429, "circuit_breaking_exception", "[parent] Data too large"), Retry),
    of_both("a limit of a proxy passes", scripted.answer(429, PAGE, content_type=scripted.HTML), Retry),
    of_both("a proxy that waited too long passes", scripted.answer(408, b"", content_type=None), Retry),
    of_both("a fault of the server passes", scripted.error(500, "null_pointer_exception"), Retry),
    of_both("a bad gateway with a page passes", scripted.answer(502, PAGE, content_type=scripted.HTML), Retry, "502"),
    of_both("an unavailable service with a page passes", scripted.answer(503, PAGE, content_type=scripted.HTML), Retry, "503"),
    of_both("a gateway that timed out with a page passes", scripted.answer(504, PAGE, content_type=scripted.HTML), Retry, "504"),
    of_both("a cluster without a manager passes", scripted.error(503, "cluster_manager_not_discovered_exception"), Retry),
    of_both("a cluster that starts passes", scripted.error(503, "cluster_block_exception", "state not recovered / initialized"), Retry),
    of_both("an error that is a list passes", scripted.answer(503, []), Retry),
    of_both("an error that is null passes", scripted.answer(503, None), Retry),
    of_both("an error with causes of other shapes passes", scripted.answer(503, {"error": {"type": "x", "root_cause": "y"}}), Retry),
    of_both("an error cut off in its JSON passes", scripted.answer(503, b'{"error": {"ty'), Retry),
    of_both("a redirect to nowhere blocks", scripted.answer(302, b"", content_type=None), Blocked, "302"),
    of_both("a redirect to itself without end passes", scripted.answer(307, b"", content_type=None, more="location: /again\r\n"), Retry),
]

UNREADABLE = [
    of_both("an empty 200 is not done", scripted.answer(200, b"", content_type=None), Retry),
    of_both("an empty JSON object is not done", scripted.answer(200, {}), Retry),
    of_both("null is not done", scripted.answer(200, None), Retry),
    of_both("a login page with 200 blocks", scripted.answer(200, PAGE, content_type=scripted.HTML), Blocked, "text/html"),
    of_both("a page that says it is JSON is not done", scripted.answer(200, PAGE), Retry),
    of_both("a text is not done", scripted.answer(200, b"OK", content_type="text/plain"), Retry),
    of_both(
        "the answer of another program is not done", scripted.answer(200, {"name": "node", "tagline": "The OpenSearch Project"}), Retry
    ),
    of_both("bytes that are no UTF-8 are not done", scripted.answer(200, b"\xff\xfe\x00{"), Retry),
    of_both("JSON without end of nesting is not done", scripted.answer(200, b"[" * 200_000), Retry),
    of_both("items that are no list are not done", items(lambda _: "all fine"), Retry),
    of_both("items that are null are not done", items(lambda found: [None for _ in found]), Retry),
    of_both("items that are texts are not done", items(lambda found: [{"index": "fine"} for _ in found]), Retry),
    of_both("items of another action are not done", items(lambda found: [{"delete": item["index"]} for item in found]), Retry),
    of_both("items of two actions are not done", items(lambda found: [{**item, "create": {}} for item in found]), Retry),
    of_both("one item too few is not done", items(lambda found: found[:-1]), Retry, "cut off"),
    of_both("one item too many is not done", items(lambda found: [*found, found[0]]), Retry),
    of_both("no items are not done", items(lambda _: []), Retry),
    of_both("items in another order are not done", items(lambda found: found[::-1]), Retry, "other documents"),
    of_both("items of other documents are not done", items(lambda f: [{"index": {"_id": "x", "status": 201}} for _ in f]), Retry),
    of_both("items without ids are not done", items(lambda found: [{"index": {"status": 201}} for _ in found]), Retry),
    of_both("the same document twice is not done", items(lambda found: [found[0], found[0]]), Retry),
]

BROKEN = [
    of_both("a body shorter than announced is not done", scripted.cut_off(promised=500), Retry),
    of_both("a chunked body without its end is not done", scripted.cut_off(), Retry),
    of_both("a connection closed without an answer is not done", scripted.hang_up, Retry),
    of_both("a connection reset is not done", scripted.reset, Retry),
    of_both(
        "a connection reset after everything was written is not done",
        scripted.then(lambda exchange: exchange.apply(), scripted.reset),
        Retry,
    ),
    of_both("half of a status line is not done", scripted.raw(b"HTTP/1.1 20"), Retry),
    of_both("half of the headers is not done", scripted.raw(b"HTTP/1.1 200 OK\r\ncontent-ty"), Retry),
    of_both("what is not HTTP is not done", scripted.raw(b"-ERR wrong number of arguments\r\n"), Retry),
    of_both("two lengths are not done", scripted.raw(b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}"), Retry),
    of_both("a length that is none is not done", scripted.raw(b"HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n{}"), Retry),
    of_both("a content that is not what its encoding says is not done", scripted.answer(200, {}, more="content-encoding: gzip\r\n"), Retry),
]

CASES = [*VERDICTS, *REFUSED_REQUESTS, *UNREADABLE, *BROKEN]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_answer(case: Case) -> None:
    async with scripted.scripted_opensearch(case.reply) as server, client_of(server.url) as client:
        outcomes = await write(client, "articles-write", batch())
        assert tuple(map(type, outcomes)) == case.expected
        assert not isinstance(outcomes[0], Dead), "a good document is never given up"
        assert {o for o, _ in zip((FIRST, SECOND), outcomes, strict=True) if isinstance(_, Done)} <= {*server.written, *conflicts(case)}
        assert case.why in getattr(outcomes[1], "why", "")
        assert len(getattr(outcomes[1], "why", "")) < 600
        sent = len([request for request in server.requests if request.target.startswith("/articles-write/_bulk")])
        assert sent == 1, "the client repeats nothing by itself"

        server.script[:] = [scripted.bulk_answer()]
        waiting = [action for action, outcome in zip(batch(), outcomes, strict=True) if isinstance(outcome, Retry | Blocked)]
        assert all(isinstance(outcome, Done) for outcome in await write(client, "articles-write", waiting))
        assert {action.document_id for action in waiting} <= set(server.written)


def conflicts(case: Case) -> set[str]:
    """Documents that are done because a newer one is there."""
    return {SECOND} if "older than what is there" in case.name else set()


def test_there_is_a_case_for_every_way_to_answer() -> None:
    assert len(CASES) >= 80
    assert len({case.name for case in CASES}) == len(CASES)


async def test_only_the_documents_fault_and_its_cause_stand_in_a_dead_letter() -> None:
    item = {
        "status": 400,
        "error": {
            "type": "mapper_parsing_exception",
            "reason": "failed to parse field [published_at]",
            "caused_by": {"type": "date_time_parse_exception", "reason": "Failed to parse with all enclosed parsers"},
        },
    }
    async with scripted.scripted_opensearch(scripted.bulk_answer({SECOND: item})) as server, client_of(server.url) as client:
        outcomes = await write(client, "articles-write", batch())
        assert outcomes[1] == Dead(
            Reason.DOCUMENT_REJECTED,
            "mapper_parsing_exception: failed to parse field [published_at] "
            "(date_time_parse_exception: Failed to parse with all enclosed parsers)",
        )
        assert "caused_by.reason" in server.requests[0].target


async def test_a_request_asks_for_an_alias_and_for_what_is_read_and_carries_the_versions() -> None:
    async with scripted.scripted_opensearch(scripted.bulk_answer()) as server, client_of(server.url) as client:
        await write(client, "articles-write", batch())
        (request,) = server.requests
        assert request.target.startswith("/articles-write/_bulk?")
        assert "require_alias=true" in request.target
        assert "filter_path=errors,items.*.status,items.*._id,items.*.error.type" in request.target.replace("%2C", ",").replace("%2A", "*")
        assert request.heads[0] == {"_id": FIRST, "version": 1_024, "version_type": "external_gte"}
        assert "content-encoding" not in request.headers


async def test_a_server_that_is_not_there_is_tried_again() -> None:
    async with client_of(f"http://127.0.0.1:{free_port()}") as client:
        outcomes = await write(client, "articles-write", batch())
    assert [type(outcome) for outcome in outcomes] == [Retry, Retry]


async def test_a_server_that_accepts_and_never_answers_is_tried_again() -> None:
    async with scripted.scripted_opensearch(scripted.silence) as server, client_of(server.url, timeout_s=0.1) as client:
        outcomes = await write(client, "articles-write", batch())
        assert [type(outcome) for outcome in outcomes] == [Retry, Retry]
        assert len(server.requests) == 1


async def test_a_time_out_with_the_write_applied_is_done_at_the_next_try() -> None:
    repeated = scripted.bulk_answer({SECOND: scripted.refusal(409, "version_conflict_engine_exception", "a newer one came meanwhile")})
    greeted = scripted.answer(200, b"")
    script = (scripted.then(lambda exchange: exchange.apply(), scripted.silence), greeted, repeated)
    async with scripted.scripted_opensearch(*script) as server, client_of(server.url, timeout_s=0.2) as client:
        first = await write(client, "articles-write", batch())
        assert [type(outcome) for outcome in first] == [Retry, Retry]
        assert await write(client, "articles-write", batch()) == [Done(), Done()]
        assert server.written == {FIRST: 1_024, SECOND: 1_024}


async def test_a_worker_that_stops_is_not_held_up_by_an_answer_that_does_not_come() -> None:
    async with scripted.scripted_opensearch(scripted.silence) as server, client_of(server.url, timeout_s=60) as client:
        writing = asyncio.create_task(write(client, "articles-write", batch()))
        await wait_until(lambda: server.requests, within_s=5, what="the request is there")
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing


@pytest.mark.filterwarnings("ignore::opensearchpy.exceptions.OpenSearchWarning")
async def test_a_warning_of_the_server_changes_no_verdict() -> None:
    async def warned(exchange: scripted.Exchange) -> None:
        await scripted.answer(200, scripted.bulk_body(exchange), more='warning: 299 OpenSearch-3 "this will go"\r\n')(exchange)

    async with scripted.scripted_opensearch(warned) as server, client_of(server.url) as client:
        assert await write(client, "articles-write", batch()) == [Done(), Done()]


async def test_headers_that_come_twice_change_no_verdict() -> None:
    async def twice(exchange: scripted.Exchange) -> None:
        more = "content-type: application/json\r\nx-elastic-product: a\r\nx-elastic-product: b\r\n"
        await scripted.answer(200, scripted.bulk_body(exchange), more=more)(exchange)

    async with scripted.scripted_opensearch(twice) as server, client_of(server.url) as client:
        assert await write(client, "articles-write", batch()) == [Done(), Done()]


async def test_a_redirect_that_keeps_the_request_is_followed_to_where_it_is_written() -> None:
    async with scripted.scripted_opensearch(scripted.bulk_answer()) as other:
        moved = scripted.answer(308, b"", content_type=None, more=f"location: {other.url}/articles-write/_bulk\r\n")
        async with scripted.scripted_opensearch(moved) as server, client_of(server.url) as client:
            assert await write(client, "articles-write", batch()) == [Done(), Done()]
        assert set(other.written) == {FIRST, SECOND}


async def test_a_redirect_that_turns_the_request_into_a_question_is_not_done() -> None:
    moved = scripted.answer(302, b"", content_type=None, more="location: /login\r\n")
    async with (
        scripted.scripted_opensearch(moved, scripted.answer(200, PAGE, content_type=scripted.HTML)) as server,
        client_of(server.url) as client,
    ):
        outcomes = await write(client, "articles-write", batch())
        assert [type(outcome) for outcome in outcomes] == [Blocked, Blocked]


async def test_a_batch_over_a_limit_is_cut_until_it_fits() -> None:
    async with scripted.scripted_opensearch(scripted.within(700)) as server, client_of(server.url) as client:
        outcomes = await write(client, "articles-write", batch(400, 400, 400, 400))
        assert outcomes == [Done()] * 4
        assert [len(request.body) > 700 for request in server.requests] == [True, True, False, False, True, False, False]


async def test_one_document_over_a_limit_is_given_up_and_its_neighbours_are_written() -> None:
    async with scripted.scripted_opensearch(scripted.within(LARGE_BYTES + 100_000)) as server, client_of(server.url) as client:
        outcomes = await write(client, "articles-write", batch(10, LARGE_BYTES + 200_000, 10))
        assert [type(outcome) for outcome in outcomes] == [Done, Dead, Done]
        assert isinstance(outcomes[1], Dead)
        assert outcomes[1].reason is Reason.DOCUMENT_TOO_LARGE
        assert SECOND not in server.written


async def test_a_limit_below_what_the_pipeline_needs_blocks_and_gives_nothing_up() -> None:
    async with scripted.scripted_opensearch(scripted.within(100)) as server, client_of(server.url) as client:
        outcomes = await write(client, "articles-write", batch(50_000, 50_000))
        assert [type(outcome) for outcome in outcomes] == [Blocked, Blocked]
        assert server.written == {}


async def test_a_large_document_whose_connection_breaks_does_not_hold_up_its_neighbours() -> None:
    async def breaks_on_large(exchange: scripted.Exchange) -> None:
        await (scripted.reset if len(exchange.request.body) > LARGE_BYTES else scripted.bulk_answer())(exchange)

    async with scripted.scripted_opensearch(breaks_on_large) as server, client_of(server.url) as client:
        outcomes = await write(client, "articles-write", batch(10, LARGE_BYTES + 200_000, 10))
        assert [type(outcome) for outcome in outcomes] == [Done, Retry, Done]


async def test_what_follows_a_request_without_an_answer_is_not_sent_to_wait_as_long() -> None:
    async with (
        scripted.scripted_opensearch(scripted.bulk_answer(), scripted.silence) as server,
        client_of(server.url, timeout_s=1.0) as client,
    ):
        outcomes = await write(client, "articles-write", batch(*[LARGE_BYTES - 100] * 3 * REQUEST_FULL))
        assert [type(outcome) for outcome in outcomes] == [Done] * REQUEST_FULL + [Retry] * 2 * REQUEST_FULL
        assert len(server.requests) == 2


async def test_after_a_silence_a_write_greets_the_node_first_and_then_gets_more_time() -> None:
    async def after_the_first_time_out(exchange: scripted.Exchange) -> None:
        await asyncio.sleep(0.45)
        await scripted.bulk_answer()(exchange)

    async with (
        scripted.scripted_opensearch(scripted.silence, scripted.answer(200, b""), after_the_first_time_out) as server,
        client_of(server.url, timeout_s=0.3) as client,
    ):
        outcomes = [await write(client, "articles-write", batch()) for _ in range(2)]
        assert [type(outcome) for one in outcomes for outcome in one] == [Retry, Retry, Done, Done]
        assert [request.method for request in server.requests] == ["POST", "HEAD", "POST"]


async def test_while_nobody_answers_a_greeting_nothing_is_written() -> None:
    async with scripted.scripted_opensearch(scripted.silence, scripted.reset) as server, client_of(server.url, timeout_s=0.3) as client:
        for _ in range(3):
            assert [type(outcome) for outcome in await write(client, "articles-write", batch())] == [Retry, Retry]
        assert [request.method for request in server.requests if request.method != "HEAD"] == ["POST"]


async def test_two_requests_in_flight_each_get_their_own_verdicts() -> None:
    arrived = asyncio.Event()

    async def waits_for_the_other(exchange: scripted.Exchange) -> None:
        await arrived.wait()
        await scripted.bulk_answer()(exchange)

    async def refuses(exchange: scripted.Exchange) -> None:
        arrived.set()
        await scripted.bulk_answer({SECOND: scripted.refusal(400, "mapper_parsing_exception")})(exchange)

    async with scripted.scripted_opensearch(waits_for_the_other, refuses) as server, client_of(server.url) as client:
        one, other = await asyncio.gather(*(write(client, "articles-write", batch()) for _ in range(2)))
        assert [type(outcome) for outcome in one] == [Done, Done]
        assert [type(outcome) for outcome in other] == [Done, Dead]
