"""Reading letters from Redis: page after page, without their texts.

Redis hands out the facts of a letter and keeps its texts to itself: a page of whole letters could be gigabytes, and a
million of them is listed over a connection that carries a few hundred bytes each. Scripts read only (EVAL_RO, Redis 7.0),
so a read-only user may run them.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any, Final, cast

from kabar_contracts.streams import Stream
from redis.asyncio import Redis

from kabar_chassis.delivery.dead_letters import lookup_key, marks_key
from kabar_chassis.letters.choice import Choice, Order
from kabar_chassis.letters.letter import DEAD_STREAMS, Letter, LetterId, letter_of

PAGE_LETTERS: Final = 200
PAGE_BYTES: Final = 8 * 1024 * 1024
"""Redis reads no further into a page once it has seen so many bytes of letters, so that a page never holds it up for long."""
VALUE_BYTES: Final = 8_192
"""Of one fact; DETAIL_CHARACTERS fit in any language."""

_ROW: Final = """
local ours = {article_id = true, revision = true}
for _, name in ipairs({'reason', 'detail', 'stage', 'attempts', 'first_at', 'last_at', 'origin', 'source'}) do
  ours['dead.' .. name] = true
end
local function row_of(entry)
  local row, size = {entry[1], redis.call('HGET', KEYS[2], entry[1]) or '', 0, #entry[2] / 2}, 0
  for at = 1, #entry[2], 2 do
    local name, value = entry[2][at], entry[2][at + 1]
    size = size + #name + #value
    if ours[name] then
      row[#row + 1] = name
      row[#row + 1] = string.sub(value, 1, tonumber(ARGV[1]))
    end
  end
  row[3] = size
  return row
end
"""

# KEYS stream, marks | ARGV value bytes, command, from, to, letters, bytes -> rows. One entry at a time: what Lua holds
# of the texts is one letter.
_PAGE: Final = (
    _ROW
    + """
local rows, size, from = {}, 0, ARGV[3]
while #rows < tonumber(ARGV[5]) and size < tonumber(ARGV[6]) do
  local entry = redis.call(ARGV[2], KEYS[1], from, ARGV[4], 'COUNT', 1)[1]
  if not entry then break end
  rows[#rows + 1] = row_of(entry)
  size = size + rows[#rows][3]
  from = '(' .. entry[1]
end
return rows
"""
)

# KEYS stream, marks | ARGV value bytes, ids… -> rows of those that are still there.
_THESE: Final = (
    _ROW
    + """
local rows = {}
for at = 2, #ARGV do
  local entry = redis.call('XRANGE', KEYS[1], ARGV[at], ARGV[at])[1]
  if entry then rows[#rows + 1] = row_of(entry) end
end
return rows
"""
)


async def chosen_letters(redis: Redis, choice: Choice, *, order: Order = Order.NEWEST) -> AsyncIterator[Letter]:
    """The letters that `choice` means, of all its streams, in the order in which they were written or against it.

    Holds one page a stream. Letters of one article come from the lookup, unless that is not complete.
    Raises redis.exceptions.RedisError.
    """
    by_lookup = choice.article_id is not None and not await letters_without_lookup(redis)
    walks = [(_of_article if by_lookup else _of_stream)(redis, stream, choice, order=order) for stream in choice.streams]
    async for letter in _merged(walks, order=order):
        if choice.includes(letter):
            yield letter


async def letters_of(redis: Redis, article_id: str) -> list[Letter]:
    """The newest letters of an article, at most a page a stream, from the lookup. Raises redis.exceptions.RedisError."""
    found: list[Letter] = []
    for stream in DEAD_STREAMS.values():
        ids = await _ids_of(redis, stream, article_id, order=Order.NEWEST, after=None)
        found += await these_letters(redis, stream, ids)
    return sorted(found, key=lambda letter: letter.letter_id.age_order, reverse=True)


async def these_letters(redis: Redis, stream: Stream, entry_ids: Sequence[str]) -> list[Letter]:
    """Those of these letters that are still there. Raises redis.exceptions.RedisError."""
    if not entry_ids:
        return []
    rows = await redis.eval_ro(_THESE, 2, stream.name, marks_key(stream.name), str(VALUE_BYTES), *entry_ids)
    return [letter_of(row, stream=stream) for row in rows]


async def letter_page(redis: Redis, stream: Stream, *, start: str, end: str, order: Order, at_most: int = PAGE_LETTERS) -> list[Letter]:
    """The next letters from `start` to `end`, ids as XRANGE or XREVRANGE take them; fewer when they are large, none at the end."""
    command = "XRANGE" if order is Order.OLDEST else "XREVRANGE"
    arguments = (str(VALUE_BYTES), command, start, end, str(at_most), str(PAGE_BYTES))
    rows = await redis.eval_ro(_PAGE, 2, stream.name, marks_key(stream.name), *arguments)
    return [letter_of(row, stream=stream) for row in rows]


async def whole_letter(redis: Redis, letter_id: LetterId) -> dict[bytes, bytes] | None:
    """All fields of a letter, its texts too; None when there is none. Raises redis.exceptions.RedisError."""
    entries = cast(
        "list[tuple[bytes, dict[bytes, bytes]]]", await redis.xrange(letter_id.stream.name, letter_id.entry_id, letter_id.entry_id)
    )
    return entries[0][1] if entries else None


async def up_to_now(redis: Redis, choice: Choice) -> Choice:
    """The same choice of the letters that are there now. Raises redis.exceptions.RedisError."""
    newest: dict[str, str] = {}
    for stream in choice.streams:
        last = await letter_page(redis, stream, start="+", end="-", order=Order.NEWEST, at_most=1)
        newest[stream.name] = last[0].letter_id.entry_id if last else "0-0"
    return replace(choice, newest=newest)


async def letter_counts(redis: Redis) -> dict[str, int]:
    """How many letters lie in each stream, by short name. Raises redis.exceptions.RedisError."""
    return {short: int(await redis.xlen(stream.name)) for short, stream in DEAD_STREAMS.items()}


async def letters_without_lookup(redis: Redis) -> int:
    """How many letters the lookup does not find: written by another program, or with a lookup that Redis refused."""
    missing = 0
    for stream in DEAD_STREAMS.values():
        async with redis.pipeline(transaction=True) as transaction:
            transaction.xlen(stream.name)
            transaction.zcard(lookup_key(stream.name))
            letters, found = await transaction.execute(raise_on_error=False)
        if isinstance(letters, Exception):
            raise letters
        missing += max(0, letters - (found if isinstance(found, int) else 0))  # a lookup that is no sorted set finds nothing
    return missing


async def _of_stream(redis: Redis, stream: Stream, choice: Choice, *, order: Order) -> AsyncIterator[Letter]:
    first, last = choice.range_of(stream)
    start, end = (first, last) if order is Order.OLDEST else (last, first)
    while page := await letter_page(redis, stream, start=start, end=end, order=order):
        for letter in page:
            yield letter
        start = f"({page[-1].letter_id.entry_id}"


async def _of_article(redis: Redis, stream: Stream, choice: Choice, *, order: Order) -> AsyncIterator[Letter]:
    ids: list[str] = []
    while ids := await _ids_of(redis, stream, choice.article_id or "", order=order, after=ids[-1] if ids else None):
        for letter in sorted(
            await these_letters(redis, stream, ids), key=lambda each: each.letter_id.age_order, reverse=order is Order.NEWEST
        ):
            if choice.spans(letter):
                yield letter


async def _ids_of(redis: Redis, stream: Stream, article_id: str, *, order: Order, after: str | None) -> list[str]:
    low, high = f"[{article_id}:", f"({article_id};"  # ";" is the character after ":"
    beyond = f"({article_id}:{after}"
    reverse = order is Order.NEWEST
    if after is not None:
        low, high = (low, beyond) if reverse else (beyond, high)
    start, end = (high, low) if reverse else (low, high)
    members: Any = await redis.zrange(lookup_key(stream.name), start, end, bylex=True, desc=reverse, offset=0, num=PAGE_LETTERS)
    return [member.decode().rpartition(":")[2] for member in members]


async def _merged(walks: Sequence[AsyncIterator[Letter]], *, order: Order) -> AsyncIterator[Letter]:
    heads = [(letter, walk) for walk in walks if (letter := await anext(walk, None)) is not None]
    pick = min if order is Order.OLDEST else max
    while heads:
        letter, walk = pick(heads, key=lambda head: head[0].letter_id.age_order)
        heads.remove((letter, walk))
        yield letter
        following = await anext(walk, None)
        if following is not None:
            heads.append((following, walk))
