"""A dead letter: the original fields byte for byte, and beside them why and when the entry was given up.

Beside each dead-letter stream lie two keys of the same slot: a sorted set that finds the letters of an article, and a
hash of what was done about a letter, since an entry of a stream cannot be changed.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from itertools import chain
from typing import Final

import orjson
from kabar_contracts.entry import ARTICLE_ID, DATA
from kabar_contracts.limits import SOURCE_CHARACTERS
from redis.asyncio.client import Pipeline

from kabar_chassis.delivery.outcome import Dead, Delivery
from kabar_chassis.exchange import Transaction

_OURS: Final = b"dead."
_ESCAPED: Final = b"dead.original."
_ARTICLE_ID: Final = re.compile(rb"[0-9a-f]{32}")
DETAIL_CHARACTERS: Final = 2_000
LARGEST_DATA_READ: Final = 16 * 1024 * 1024
"""Bytes of `data` in which the source is looked for; it is given up in the worker's own process."""

# KEYS dead-letter stream, its lookup | ARGV article id. Runs right after the XADD, in the same transaction, so the
# newest letter is the one just written. It finds and never fails: an error here would come after the XADD, and the
# settlement that is then repeated would write the letter again.
_INDEX_NEWEST: Final = """
local newest = redis.pcall('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
if newest[1] then redis.pcall('ZADD', KEYS[2], 0, ARGV[1] .. ':' .. newest[1][1]) end
return 0
"""


def lookup_key(dead_stream: str) -> str:
    """The sorted set that finds letters by article: members `article_id:letter entry id`, all of score 0.

    One key however many letters there are; about 0.15 KB a letter. A letter without a valid article id is in it under
    `?`, so that the set is complete exactly when it has as many members as the stream has letters.
    """
    return f"{dead_stream}.articles"


def marks_key(dead_stream: str) -> str:
    """The hash of replayed letters: letter entry id to `times last_at_ms stream entry_id note`."""
    return f"{dead_stream}.marks"


def lookup_member(article_id: bytes | None, entry_id: bytes) -> bytes:
    """What the lookup holds for this letter; the article id as it lies in the entry."""
    return _indexed_id(article_id) + b":" + entry_id


def add_letter(
    transaction: Transaction | Pipeline, delivery: Delivery, verdict: Dead, *, stream: str, stage: str, dead_stream: str, now: datetime
) -> None:
    """Add the commands that write this letter and make it findable to a MULTI transaction; the caller acknowledges in the same.

    XADD comes as a plain command: at `maxmemory` Redis then refuses the whole transaction, which a script alone would not do.
    """
    letter = letter_fields(delivery, verdict, stream=stream, stage=stage, now=now)
    transaction.execute_command("XADD", dead_stream, "*", *chain.from_iterable(letter.items()))
    transaction.execute_command(
        "EVAL", _INDEX_NEWEST, 2, dead_stream, lookup_key(dead_stream), _indexed_id(delivery.fields.get(ARTICLE_ID))
    )


def letter_fields(delivery: Delivery, verdict: Dead, *, stream: str, stage: str, now: datetime) -> dict[bytes, bytes]:
    """The fields of the dead letter. An original field that begins with `dead.` is kept as `dead.original.…`."""
    originals = {(_ESCAPED + name if name.startswith(_OURS) else name): value for name, value in delivery.fields.items()}
    facts = {
        "reason": verdict.reason.value,
        "detail": verdict.detail[:DETAIL_CHARACTERS],
        "stage": stage,
        "attempts": str(delivery.attempts),
        "first_at": _entry_time_ms(delivery.entry_id),
        "last_at": str(int(now.timestamp() * 1000)),
        "origin": f"{stream} {delivery.entry_id.decode()}",
    }
    source = _source(delivery.fields.get(DATA, b""))
    if source is not None:
        facts["source"] = source
    return originals | {_OURS + name.encode(): value.encode("utf-8", "replace") for name, value in facts.items()}


def original_fields(letter: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
    """The fields as they were before the entry was given up."""
    return {name.removeprefix(_ESCAPED): value for name, value in letter.items() if not name.startswith(_OURS) or name.startswith(_ESCAPED)}


def _indexed_id(article_id: bytes | None) -> bytes:
    return article_id if article_id is not None and _ARTICLE_ID.fullmatch(article_id) else b"?"


def _source(data: bytes) -> str | None:
    """The publication that the message names, where it can be read: letters are filtered by it."""
    if len(data) > LARGEST_DATA_READ:
        return None
    try:
        message = orjson.loads(data)
    except orjson.JSONDecodeError:
        return None
    source = message.get("source") if isinstance(message, dict) else None
    return source if isinstance(source, str) and 0 < len(source) <= SOURCE_CHARACTERS else None


def _entry_time_ms(entry_id: bytes) -> str:
    return entry_id.partition(b"-")[0].decode()
