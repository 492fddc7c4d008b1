"""`kabar dlq replay`: letters back on the streams they came from."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator

from kabar_chassis.delivery.dead_letters import original_fields
from kabar_chassis.letters import replaying
from kabar_chassis.letters.choice import Order
from kabar_chassis.letters.letter import Letter
from kabar_chassis.letters.letter_streams import whole_letter
from kabar_chassis.letters.pace import Pace, letters_a_second
from kabar_chassis.letters.replaying import Again
from redis.asyncio import Redis
from redis.exceptions import RedisError

from kabar_cli.dlq.choice import bounded, wanted_letters
from kabar_cli.dlq.options import Wanted
from kabar_cli.dlq.outcomes import end_with, now, refusal, try_entry, write_outcome
from kabar_cli.dlq.trial import trial
from kabar_cli.exits import Exit, err, failure
from kabar_cli.redis_session import with_redis


def replay_letters(want: Wanted, *, again: Again, rate: str, dry_run: bool, as_json: bool) -> None:
    """Put these letters back, or try what would become of them."""
    pace = Pace(a_second=_rate(rate), clock=time.monotonic, sleep=asyncio.sleep)

    async def run(redis: Redis) -> Counter[str]:
        bound = await bounded(redis, want)
        chosen = wanted_letters(redis, bound, order=Order.OLDEST)
        if dry_run:
            return await _try_letters(redis, chosen, again=again, as_json=as_json)
        return await _replay(redis, chosen, again=again, pace=pace, as_json=as_json)

    counts = with_redis(run)
    _say_missing(want, counts)
    _say_counts(counts, dry_run=dry_run)
    end_with(counts)


async def _replay(redis: Redis, letters: AsyncIterator[Letter], *, again: Again, pace: Pace, as_json: bool) -> Counter[str]:
    counts: Counter[str] = Counter()
    try:
        async for letter in letters:
            if letter.mark is not None and again is Again.SKIP:
                outcome: replaying.Outcome = replaying.ReplayedBefore(letter.mark)
            else:
                await pace.turn()
                outcome = await replaying.replay(redis, letter, now=now(), again=again)
            counts[write_outcome(letter, outcome, as_json=as_json)] += 1
    except (RedisError, KeyboardInterrupt, asyncio.CancelledError):
        err.print(
            f"cut off after {counts['replayed']} replayed; each is marked, so the same command goes on where this one ended", markup=False
        )
        raise
    return counts


async def _try_letters(redis: Redis, letters: AsyncIterator[Letter], *, again: Again, as_json: bool) -> Counter[str]:
    counts: Counter[str] = Counter()
    async with trial(now=now()) as running:
        async for letter in letters:
            refused = refusal(letter, again=again)
            whole = None if refused else await whole_letter(redis, letter.letter_id)
            if whole is None:
                word = write_outcome(letter, refused or replaying.Gone(), as_json=as_json)
            else:
                word = await try_entry(running, letter, original_fields(whole), as_json=as_json)
            counts[word] += 1
    return counts


def _rate(text: str) -> float:
    try:
        return letters_a_second(text)
    except ValueError as error:
        raise failure(Exit.USAGE, f"--rate {error}") from error


def _say_missing(want: Wanted, counts: Counter[str]) -> None:
    for text in want.missing:
        err.print(f"{text}: there is no such letter", markup=False)
        counts["not found"] += 1


def _say_counts(counts: Counter[str], *, dry_run: bool) -> None:
    said = ", ".join(f"{number} {word}" for word, number in counts.items()) or "nothing to replay"
    err.print(f"{said}{'; nothing was written' if dry_run else ''}", markup=False)
