"""Settling a batch: hand-overs, dead letters and acknowledgements in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from itertools import chain
from typing import Final

from redis.asyncio import Redis

from kabar_chassis.delivery.dead_letters import add_letter
from kabar_chassis.delivery.outcome import Dead, Delivery, Done, HandOver, Outcome
from kabar_chassis.exchange import Transaction

# KEYS stream, those written to | ARGV group, ids… -> entries acknowledged. An error within EXEC undoes nothing and stops
# nothing, so the acknowledgement looks itself whether the writes before it can have succeeded.
_ACKNOWLEDGE: Final = """
for at = 2, #KEYS do
  local kind = redis.call('TYPE', KEYS[at])['ok']
  if kind ~= 'stream' then return redis.error_reply('WRONGTYPE ' .. KEYS[at] .. ' holds a ' .. kind .. ' in place of a stream') end
end
return redis.call('XACK', KEYS[1], ARGV[1], unpack(ARGV, 2))
"""


async def settle(
    redis: Redis,
    pairs: Sequence[tuple[Delivery, Outcome]],
    *,
    stream: str,
    group: str,
    next_stream: str | None,
    dead_stream: str,
    now: datetime,
) -> None:
    """Write what comes of these deliveries and acknowledge them, all or nothing. Safe to run twice.

    MULTI and not a bare pipeline: at `maxmemory` XADD fails while XACK goes on, and the article would be gone.
    No MAXLEN: it drops undelivered entries. Raises redis.exceptions.RedisError; then nothing is certain, and
    whoever calls repeats it: entries written twice have the same effect as once.
    """
    settled = [(delivery, outcome) for delivery, outcome in pairs if isinstance(outcome, Done | HandOver | Dead)]
    if not settled:
        return
    written: set[str] = set()
    transaction = Transaction(redis)
    for delivery, outcome in settled:
        if isinstance(outcome, HandOver):
            if next_stream is None:
                message = f"a worker of group {group} hands over, but has no next stream"
                raise ValueError(message)
            written.add(next_stream)
            transaction.execute_command("XADD", next_stream, "*", *chain.from_iterable(outcome.fields.items()))
        elif isinstance(outcome, Dead):
            written.add(dead_stream)
            add_letter(transaction, delivery, outcome, stream=stream, stage=group, dead_stream=dead_stream, now=now)
    entry_ids = [delivery.entry_id for delivery, _ in settled]
    if written:
        # Acknowledges nothing. Who may not acknowledge is refused here, while the commands are queued, and nothing is written.
        transaction.execute_command("XACK", stream, group, "0-0")
        transaction.execute_command("EVAL", _ACKNOWLEDGE, 1 + len(written), stream, *sorted(written), group, *entry_ids)
    else:
        transaction.execute_command("XACK", stream, group, *entry_ids)
    await transaction.execute()
