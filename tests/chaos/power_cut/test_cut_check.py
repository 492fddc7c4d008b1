"""The check finds what is missing. No server is needed for that."""

import json

from cut_check import Streams, astray, lost
from cut_load import Accepted, answer_lines

FIRST = Accepted("a-1", 1_000, "11", "aa")
SECOND = Accepted("a-2", 2_000, "22", "bb")


def streams(*, on_raw: frozenset[Accepted], handed_over: frozenset[tuple[str, int]], open_entries: frozenset[str]) -> Streams:
    raw = {"1-0": ("aa", 1_000), "2-0": ("bb", 2_000)}
    return Streams(raw=raw, on_raw=on_raw, handed_over=handed_over, open_entries=open_entries)


def test_what_is_not_on_the_raw_stream_with_this_content_is_lost() -> None:
    other_content = Accepted("a-2", 2_000, "33", "bb")
    seen = streams(on_raw=frozenset({FIRST, other_content}), handed_over=frozenset(), open_entries=frozenset())

    assert lost([FIRST, SECOND], seen) == [SECOND]


def test_what_was_acknowledged_and_is_nowhere_behind_is_astray() -> None:
    seen = streams(on_raw=frozenset(), handed_over=frozenset(), open_entries=frozenset({"1-0"}))

    assert astray(seen) == [("bb", 2_000)]


def test_what_is_on_both_sides_is_not_astray() -> None:
    seen = streams(on_raw=frozenset(), handed_over=frozenset({("aa", 1_000), ("bb", 2_000)}), open_entries=frozenset({"2-0"}))

    assert astray(seen) == []


def test_the_lines_that_were_accepted_before_a_batch_failed_are_read() -> None:
    problem = {"status": 503, "lines": [{"line": 1, "status": 202}, {"line": 2, "status": 503}]}

    assert [answer["status"] for answer in answer_lines(json.dumps(problem, indent=1).encode())] == [202, 503, 503]
    assert answer_lines(b'{"line":1,"status":202}\n{"line":2,"status":202}\n') == [{"line": 1, "status": 202}, {"line": 2, "status": 202}]
    assert answer_lines(b'{"status":202}') == [{"status": 202}]
