"""`kabar dlq edit`: a letter's message changed, then back on its stream."""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from kabar_chassis.delivery.dead_letters import original_fields
from kabar_chassis.letters import replaying
from kabar_chassis.letters.choice import Order
from kabar_chassis.letters.editing import InvalidEditError, changes, editable, edited_fields, with_value, without_value
from kabar_chassis.letters.letter import Letter
from kabar_chassis.letters.letter_streams import whole_letter
from kabar_chassis.letters.replaying import Again
from kabar_contracts import limits
from kabar_contracts.entry import DATA
from redis.asyncio import Redis

from kabar_cli.dlq.choice import wanted_letters
from kabar_cli.dlq.display import escaped, one_line
from kabar_cli.dlq.editor import EditorError, edited_in_editor
from kabar_cli.dlq.options import Wanted
from kabar_cli.dlq.outcomes import end_with, now, refusal, try_entry, write_outcome
from kabar_cli.dlq.trial import trial
from kabar_cli.exits import Exit, err, failure
from kabar_cli.redis_session import with_redis


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What is to be changed; without any of it, an editor asks."""

    values: Sequence[str] = ()
    removals: Sequence[str] = ()
    data: Path | None = None
    drop: Sequence[str] = ()


def edit_letter(want: Wanted, *, typed: Typed, again: Again, dry_run: bool, as_json: bool) -> None:
    """Change the message of one letter and put it back, or try what would become of it."""

    async def run(redis: Redis) -> Counter[str]:
        found = [each async for each in wanted_letters(redis, want, order=Order.OLDEST)]
        whole = await whole_letter(redis, found[0].letter_id) if found else None
        if whole is None:
            return Counter()
        _must_be_replayable(found[0], again=again)
        before = original_fields(whole)
        kept = {name: value for name, value in before.items() if name.decode("utf-8", "replace") not in typed.drop}
        after = _edited(kept, letter=found[0], typed=typed)
        if after == before:
            err.print("nothing was changed, and nothing was replayed", markup=False)
            raise typer.Exit(Exit.OK)
        edit = replaying.Edit(after, changes(before, after))
        err.print(one_line(edit.note), markup=False)
        if dry_run:
            return await _try(found[0], after, as_json=as_json)
        outcome = await replaying.replay(redis, found[0], now=now(), again=again, edit=edit)
        return Counter({write_outcome(found[0], outcome, as_json=as_json): 1})

    counts = with_redis(run)
    if not counts:
        raise failure(Exit.NOTHING_FOUND, f"{want.letters[0]}: there is no such letter")
    end_with(counts)


async def _try(letter: Letter, fields: dict[bytes, bytes], *, as_json: bool) -> Counter[str]:
    async with trial(now=now()) as running:
        return Counter({await try_entry(running, letter, fields, as_json=as_json): 1})


def _edited(kept: dict[bytes, bytes], *, letter: Letter, typed: Typed) -> dict[bytes, bytes]:
    """The fields that go back. Ends the command when they cannot; what was typed into an editor can be mended first."""
    try:
        if typed.data is not None:
            return _fields(kept, _bounded_bytes(typed.data), letter=letter)
        if typed.values or typed.removals:
            return _fields(kept, _changed(kept.get(DATA, b""), typed=typed), letter=letter)
        return _fields_from_editor(kept, letter=letter)
    except (InvalidEditError, EditorError) as error:
        raise failure(Exit.USAGE, f"nothing was replayed: {escaped(str(error))}") from error


def _fields_from_editor(kept: dict[bytes, bytes], *, letter: Letter) -> dict[bytes, bytes]:
    before = kept.get(DATA, b"")
    laid_out = editable(before)
    message = laid_out
    while True:
        message = edited_in_editor(message, name=str(letter.letter_id))
        try:
            return _fields(kept, before if message == laid_out else message, letter=letter)
        except InvalidEditError as error:
            if not sys.stdin.isatty():
                raise
            err.print(f"this does not follow the contract: {escaped(str(error))}", markup=False)
            if not typer.confirm("Open the editor again?", default=True, err=True):
                raise


def _fields(kept: dict[bytes, bytes], message: bytes, *, letter: Letter) -> dict[bytes, bytes]:
    if letter.origin is None:
        problem = "the letter does not say which stream it came from"
        raise InvalidEditError(problem)
    return edited_fields(kept, message, origin=letter.origin)


def _changed(message: bytes, *, typed: Typed) -> bytes:
    for assignment in typed.values:
        pointer, equals, value = assignment.partition("=")
        if not equals:
            problem = f"--set {assignment}: write /pointer=value"
            raise InvalidEditError(problem)
        message = with_value(message, pointer, _json_or_text(value))
    for pointer in typed.removals:
        message = without_value(message, pointer)
    return message


def _must_be_replayable(letter: Letter, *, again: Again) -> None:
    match refusal(letter, again=again):
        case replaying.Unreplayable(why=why):
            raise failure(Exit.PARTIAL, f"{letter.letter_id} cannot go back: {why}")
        case replaying.ReplayedBefore():
            raise failure(Exit.NOTHING_FOUND, f"{letter.letter_id} was replayed before; --again replays it once more")
        case _:
            return


def _bounded_bytes(path: Path) -> bytes:
    try:
        with sys.stdin.buffer if str(path) == "-" else path.open("rb") as stream:
            data = stream.read(limits.DATA_BYTES + 1)
    except OSError as error:
        raise failure(Exit.USAGE, f"{path}: {error.strerror}") from error
    if len(data) > limits.DATA_BYTES:
        raise failure(Exit.USAGE, f"{path}: more than {limits.DATA_BYTES} bytes")
    return data


def _json_or_text(value: str) -> Any:
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value
