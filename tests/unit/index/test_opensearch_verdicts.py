"""How the answers of OpenSearch are sorted: what is done, tried again, waited for, given up."""

from typing import Any

import orjson
import pytest
from kabar_chassis.delivery.outcome import Blocked, Dead, Done, Outcome, Retry
from kabar_index.opensearch_answers import item_outcome, item_outcomes, request_outcome
from kabar_index.opensearch_bulk import LARGE_BYTES, REQUEST_BYTES, Action, bulk_body, requests_of

DOCUMENT_IDS = ["a", "b"]


@pytest.mark.parametrize(
    ("status", "kind", "reason", "expected"),
    [
        (200, None, None, Done),
        (201, None, None, Done),
        (409, "version_conflict_engine_exception", "a newer one is there", Done),
        (429, "rejected_execution_exception", "queue full", Retry),
        (429, "cluster_block_exception", "disk usage exceeded flood-stage watermark", Blocked),
        (403, "cluster_block_exception", "index write (api)", Blocked),
        (503, "unavailable_shards_exception", "primary shard is not active", Retry),
        (500, "null_pointer_exception", "", Retry),
        (404, "index_not_found_exception", "no such index [articles-write] and require_alias", Blocked),
        (400, "index_closed_exception", "closed", Blocked),
        (400, "validation_exception", "this action would add [1] total shards", Blocked),
        (400, "illegal_argument_exception", "no write index is defined for alias [articles-write]", Blocked),
        (400, "illegal_argument_exception", 'Document contains at least one immense term in field="extra._value"', Dead),
        (400, "mapper_parsing_exception", "failed to parse field [published_at]", Dead),
        (400, "strict_dynamic_mapping_exception", "dynamic introduction of [x] is not allowed", Dead),
        (400, "some_exception_nobody_knows", "?", Blocked),
        (None, None, None, Retry),
    ],
)
def test_a_document_gets_the_verdict_of_its_own_error(status: Any, kind: Any, reason: Any, expected: type[Outcome]) -> None:
    error = None if kind is None else {"type": kind, "reason": reason}
    assert isinstance(item_outcome(status, error), expected)


@pytest.mark.parametrize(
    ("status", "error", "expected"),
    [
        (429, "circuit_breaking_exception", Retry),
        (503, "master_not_discovered_exception", Retry),
        (504, "", Retry),
        (429, "cluster_block_exception", Blocked),
        (401, "unauthorized", Blocked),
        (403, "security_exception", Blocked),
        (404, "index_not_found_exception", Blocked),
        (400, "illegal_argument_exception", Blocked),
        ("N/A", "connection reset", Retry),
    ],
)
def test_a_request_refused_as_a_whole_gives_no_article_up(status: Any, error: str, expected: type[Outcome]) -> None:
    assert isinstance(request_outcome(status, error), expected)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        None,
        "cut o",
        {"errors": False, "items": []},
        {"errors": False, "items": [{"index": {"_id": "a", "status": 201}}]},
        {"errors": False, "items": [{"index": {"_id": "b", "status": 201}}, {"index": {"_id": "a", "status": 201}}]},
        {"errors": False, "items": [{"index": {"status": 201}}, {"index": {"status": 201}}]},
        {"errors": False, "items": [None, None]},
    ],
)
def test_an_answer_that_does_not_speak_of_every_document_in_order_says_nothing(answer: Any) -> None:
    outcomes = item_outcomes(answer, DOCUMENT_IDS)
    assert [type(outcome) for outcome in outcomes] == [Retry, Retry]


def test_each_document_gets_its_own_verdict() -> None:
    items = [{"index": {"_id": "a", "status": 429, "error": {"type": "rejected"}}}, {"index": {"_id": "b", "status": 201}}]
    assert [type(outcome) for outcome in item_outcomes({"errors": True, "items": items}, DOCUMENT_IDS)] == [Retry, Done]


def test_the_body_has_an_action_and_a_document_a_line_and_ends_with_a_newline() -> None:
    body = bulk_body([Action(document_id="a", version=7, source=b'{"x":1}')])
    action, document, rest = body.split(b"\n")
    assert orjson.loads(action) == {"index": {"_id": "a", "version": 7, "version_type": "external_gte"}}
    assert document == b'{"x":1}'
    assert rest == b""


def test_documents_are_spread_over_requests_in_order_and_large_ones_go_alone() -> None:
    full = [LARGE_BYTES] * (REQUEST_BYTES // LARGE_BYTES)
    sizes = [10, LARGE_BYTES + 1, LARGE_BYTES * 3, 5, 5, LARGE_BYTES + 1, *full, 1]
    actions = [Action(document_id=str(n), version=1, source=b"x" * size) for n, size in enumerate(sizes)]
    parts = requests_of(actions)
    assert [len(part) for part in parts] == [1, 1, 1, 2, 1, len(full), 1]
    assert [action for part in parts for action in part] == actions
    assert requests_of([]) == []
