"""Finding the letters that a command means."""

from collections.abc import AsyncIterator
from dataclasses import replace

from kabar_chassis.letters.choice import Choice, Order
from kabar_chassis.letters.letter import Letter
from kabar_chassis.letters.letter_streams import chosen_letters, these_letters, up_to_now
from redis.asyncio import Redis

from kabar_cli.dlq.options import ARTICLE, Wanted, letter_id_of


async def bounded(redis: Redis, want: Wanted) -> Wanted:
    """The same letters, without those that come from now on. Raises redis.exceptions.RedisError."""
    return replace(want, choice=await up_to_now(redis, want.choice))


async def wanted_letters(redis: Redis, want: Wanted, *, order: Order) -> AsyncIterator[Letter]:
    """The letters that are meant, each once. Raises redis.exceptions.RedisError."""
    if not want.letters:
        async for letter in chosen_letters(redis, want.choice, order=order):
            yield letter
        return
    for text in dict.fromkeys(want.letters):
        found = 0
        async for letter in _named(redis, text, choice=want.choice, order=order):
            found += 1
            if want.choice.includes(letter) and want.choice.spans(letter):
                yield letter
        if not found:
            want.missing.append(text)


async def _named(redis: Redis, text: str, *, choice: Choice, order: Order) -> AsyncIterator[Letter]:
    if ARTICLE.fullmatch(text):
        everything = replace(Choice(article_id=text), newest=choice.newest)
        async for letter in chosen_letters(redis, everything, order=order):
            yield letter
        return
    letter_id = letter_id_of(text)
    for letter in await these_letters(redis, letter_id.stream, [letter_id.entry_id]):
        yield letter
