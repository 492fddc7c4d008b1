"""What producers wrote down of every request, before they sent it and after it was answered."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import IO, Any


class Answer(StrEnum):
    """What a producer knows of something it sent."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Content(StrEnum):
    """What was sent."""

    TEXT = "text"
    TAKEDOWN = "takedown"
    POISON = "poison"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One revision that was sent once. Sent again, it is another attempt."""

    step: int
    attempt: int
    kind: str
    """Of the plan: new, correction, takedown and so on."""
    content: Content
    article_id: str
    revision: int | None
    """Milliseconds; None while only the acceptance can say it."""
    sha256: str | None
    """Of the bytes that were sent; None for a takedown, which has no content."""
    sent_ms: int
    is_archived: bool = True
    """Whether the archive may have it. False for poison that does not say which article it is."""
    answer: Answer = Answer.UNKNOWN
    why: str = ""

    @property
    def token(self) -> str:
        """What poison carries, so that its dead letter is known again."""
        return f"{self.step}.{self.attempt}"


class Journal:
    """The journal of one producer: JSON lines, whole lines only."""

    def __init__(self, path: Path) -> None:
        self._lines: IO[str] = path.open("a", encoding="utf-8", buffering=1)

    def before(self, attempt: Attempt) -> None:
        """Write down what is about to be sent."""
        self._write({"phase": "before", **asdict(attempt)})

    def after(self, attempt: Attempt, *, status: int | None) -> None:
        """Write down what was answered; `status` is None when nothing was."""
        self._write(
            {
                "phase": "after",
                "step": attempt.step,
                "attempt": attempt.attempt,
                "answer": attempt.answer,
                "revision": attempt.revision,
                "status": status,
                "why": attempt.why,
            }
        )

    def close(self) -> None:
        """No more lines."""
        self._lines.close()

    def _write(self, line: dict[str, Any]) -> None:
        self._lines.write(json.dumps(line) + "\n")


def attempts_in(lines: Iterable[str]) -> Iterator[Attempt]:
    """Every attempt with its answer. What was never answered is unknown."""
    waiting: dict[tuple[int, int], Attempt] = {}
    for line in lines:
        told = json.loads(line)
        key = (told["step"], told["attempt"])
        if told.pop("phase") == "before":
            waiting[key] = _attempt(told)
            continue
        sent = waiting.pop(key)
        revision = sent.revision if told["revision"] is None else told["revision"]
        yield replace(sent, answer=Answer(told["answer"]), revision=revision, why=told["why"])
    yield from waiting.values()


def read(folder: Path) -> list[Attempt]:
    """Every attempt of every producer."""
    attempts: list[Attempt] = []
    for path in sorted(folder.glob("producer-*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            attempts += attempts_in(lines)
    return attempts


def _attempt(told: dict[str, Any]) -> Attempt:
    return Attempt(**told | {"content": Content(told["content"]), "answer": Answer(told["answer"])})
