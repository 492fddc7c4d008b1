"""What producers write down, and what they make of answers."""

import json
from dataclasses import replace
from pathlib import Path

from journal import Answer, Attempt, Content, Journal, read
from producers import batch_replies, single_reply

SENT = Attempt(
    step=3, attempt=1, kind="new", content=Content.TEXT, article_id="a" * 32, revision=None, sha256="x", sent_ms=5, answer=Answer.UNKNOWN
)
ACCEPTED = {"status": 202, "revision": 17}
REFUSED = {"status": 422, "errors": [{"code": "missing_field"}]}
FULL = {"status": 503, "errors": [{"code": "queue_full"}]}
SILENT = {"status": 503, "errors": [{"code": "outcome_unknown"}]}


def test_an_answer_completes_what_was_written_before_it(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "producer-0.jsonl")
    journal.before(SENT)
    journal.after(replace(SENT, answer=Answer.ACCEPTED, revision=17), status=202)
    journal.close()
    assert read(tmp_path) == [replace(SENT, answer=Answer.ACCEPTED, revision=17)]


def test_what_was_never_answered_is_unknown(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "producer-0.jsonl")
    journal.before(SENT)
    journal.close()
    assert read(tmp_path) == [SENT]


def test_only_what_was_not_accepted_and_may_be_is_sent_again() -> None:
    told = {json.dumps(body): single_reply(int(str(body["status"])), json.dumps(body)) for body in (ACCEPTED, REFUSED, FULL, SILENT)}
    assert [(reply.answer, reply.is_final) for reply in told.values()] == [
        (Answer.ACCEPTED, False),
        (Answer.REFUSED, True),
        (Answer.REFUSED, False),
        (Answer.UNKNOWN, False),
    ]


def test_an_answer_that_cannot_be_read_tells_nothing() -> None:
    assert single_reply(202, '{"status": 2').answer is Answer.UNKNOWN
    assert [reply.answer for reply in batch_replies(202, '{"line": 1, "sta', lines=2)] == [Answer.UNKNOWN, Answer.UNKNOWN]


def test_each_line_of_a_batch_has_its_own_answer() -> None:
    text = "\n".join(json.dumps({"line": number, **body}) for number, body in ((1, ACCEPTED), (2, REFUSED)))
    replies = batch_replies(207, text, lines=3)
    assert [reply.answer for reply in replies] == [Answer.ACCEPTED, Answer.REFUSED, Answer.UNKNOWN]


def test_what_a_problem_does_not_speak_of_was_not_accepted() -> None:
    text = json.dumps(FULL | {"lines": [{"line": 1, **ACCEPTED}, {"line": 2, **SILENT}]})
    replies = batch_replies(503, text, lines=3)
    assert [reply.answer for reply in replies] == [Answer.ACCEPTED, Answer.UNKNOWN, Answer.REFUSED]
    assert not replies[2].is_final
