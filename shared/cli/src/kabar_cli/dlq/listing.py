"""`kabar dlq ls` and `kabar dlq show`."""

import sys
from typing import Final

import typer
from kabar_chassis.delivery.dead_letters import original_fields
from kabar_chassis.letters.choice import Order
from kabar_chassis.letters.letter import Letter
from kabar_chassis.letters.letter_streams import letter_counts, letters_without_lookup, whole_letter
from redis.asyncio import Redis
from rich.console import Console

from kabar_cli.dlq.choice import wanted_letters
from kabar_cli.dlq.display import field_json, json_line, letter_json, letter_page, letter_row, letter_table
from kabar_cli.dlq.options import Wanted
from kabar_cli.exits import Exit, err, failure
from kabar_cli.redis_session import with_redis

TABLE_LETTERS: Final = 100
"""Letters of one table on a terminal; a longer list is several, so that none waits for the last."""


def list_letters(want: Wanted, *, order: Order, limit: int, as_json: bool) -> None:
    """Write the letters that are meant to stdout, one a line."""

    async def run(redis: Redis) -> int:
        shown = 0
        rows: list[Letter] = []
        on_terminal = sys.stdout.isatty() and not as_json
        await _say_when_slow(redis, want)
        async for letter in wanted_letters(redis, want, order=order):
            if limit and shown >= limit:
                break
            shown += 1
            rows.append(letter)
            if not on_terminal or len(rows) >= TABLE_LETTERS:
                _write_letters(rows, as_json=as_json)
                rows = []
        _write_letters(rows, as_json=as_json)
        counts = await letter_counts(redis)
        err.print(f"{shown} listed; there are {counts['raw']} raw and {counts['enriched']} enriched letters", markup=False)
        return shown

    if not with_redis(run):
        raise typer.Exit(Exit.NOTHING_FOUND)


def show_letters(want: Wanted, *, field: str | None, as_json: bool) -> None:
    """Write whole letters to stdout, or the bytes of one of their fields."""

    async def run(redis: Redis) -> int:
        shown = 0
        async for found in wanted_letters(redis, want, order=Order.NEWEST):
            whole = await whole_letter(redis, found.letter_id)
            if whole is None:
                continue
            fields = original_fields(whole)
            if field is not None:
                if field.encode() not in fields:
                    continue
                sys.stdout.buffer.write(fields[field.encode()])
            elif as_json:
                named = {name.decode("utf-8", "backslashreplace"): field_json(value) for name, value in fields.items()}
                sys.stdout.write(json_line(letter_json(found) | {"detail": found.detail, "original": named}))
            else:
                sys.stdout.write(("\n" if shown else "") + letter_page(found, fields))
            shown += 1
        return shown

    if not with_redis(run):
        raise failure(Exit.NOTHING_FOUND, f"{want.letters[0]}: there is no such letter" + (f" with a field {field}" if field else ""))


def _write_letters(letters: list[Letter], *, as_json: bool) -> None:
    if not letters:
        return
    if as_json:
        sys.stdout.writelines(json_line(letter_json(letter)) for letter in letters)
    elif sys.stdout.isatty():
        Console(highlight=False).print(letter_table(letters))
    else:
        sys.stdout.writelines("\t".join(letter_row(letter)) + "\n" for letter in letters)


async def _say_when_slow(redis: Redis, want: Wanted) -> None:
    by_article = want.choice.article_id is not None or any(":" not in text for text in want.letters)
    if by_article and (missing := await letters_without_lookup(redis)):
        err.print(f"{missing} letters are not in the lookup of articles, so all letters are read", markup=False, style="yellow")
