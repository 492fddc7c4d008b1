"""`kabar dlq purge`."""

import sys
from collections import Counter
from typing import TYPE_CHECKING

import typer
from kabar_chassis.letters.choice import Order
from kabar_chassis.letters.purging import BATCH, purge
from redis.asyncio import Redis

from kabar_cli.dlq.choice import bounded, wanted_letters
from kabar_cli.dlq.display import json_line, one_line
from kabar_cli.dlq.options import Wanted
from kabar_cli.exits import Exit, err, failure
from kabar_cli.redis_session import with_redis

if TYPE_CHECKING:
    from kabar_chassis.letters.letter import Letter


def purge_letters(want: Wanted, *, yes: bool, dry_run: bool, as_json: bool) -> None:
    """Say how many letters are meant, ask, and delete them."""

    async def count(redis: Redis) -> tuple[Wanted, Counter[str], int]:
        then = await bounded(redis, want)
        reasons: Counter[str] = Counter()
        waiting = 0
        async for each in wanted_letters(redis, then, order=Order.OLDEST):
            reasons[one_line(each.reason or "?")[:80]] += 1
            waiting += each.mark is None
        return then, reasons, waiting

    async def run(redis: Redis) -> int:
        purged = 0
        batch: list[Letter] = []
        async for each in wanted_letters(redis, bound, order=Order.OLDEST):
            batch.append(each)
            if len(batch) >= BATCH:
                purged += await purge(redis, batch)
                batch = []
        return purged + (await purge(redis, batch) if batch else 0)

    bound, reasons, waiting = with_redis(count)
    total = reasons.total()
    if not total:
        err.print("there are no such letters")
        raise typer.Exit(Exit.NOTHING_FOUND)
    listed = ", ".join(f"{number} {name}" for name, number in reasons.most_common(20))
    err.print(f"{total} letters: {listed}; {waiting} of them were never replayed", markup=False)
    if not dry_run:
        _must_agree(total, yes=yes)
    purged = 0 if dry_run else with_redis(run)
    answer = {"would_purge": total} if dry_run else {"purged": purged}
    sys.stdout.write(json_line(answer) if as_json else "".join(f"{name.replace('_', ' ')} {number}\n" for name, number in answer.items()))


def _must_agree(total: int, *, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise failure(Exit.USAGE, "nothing was purged: this cannot be undone, say --yes")
    if not typer.confirm(f"Delete {total} letters for good?", err=True):
        raise failure(Exit.OK, "nothing was purged")
