"""Many commands sent at once and all answers read under one time-out: a third of the CPU of redis-py's Pipeline."""

import asyncio
import math
from collections.abc import Sequence
from typing import Any, Final

from hiredis import pack_command
from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import RedisError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from kabar_chassis.redis_client import SOCKET_TIMEOUT_S

Command = Sequence[bytes | str | int]

_MULTI: Final[Command] = ("MULTI",)
_EXEC: Final[Command] = ("EXEC",)


async def exchange(connection: AbstractConnection, commands: Sequence[Command], *, answers: list[Any]) -> None:
    """Send these commands and append the answer to each, in order; an error that Redis answers is appended as a ResponseError.

    Raises RedisError, OSError or TimeoutError when an answer does not come: `answers` has those that came before, and
    the connection has closed itself, so that nobody takes a late one for his own.
    """
    packed = b"".join([pack_command(tuple(command)) for command in commands])  # type: ignore[arg-type]  # the stub means any tuple
    async with asyncio.timeout(SOCKET_TIMEOUT_S):
        await connection.send_packed_command(packed, check_health=False)
        for _ in commands:
            try:
                answers.append(await connection.read_response(timeout=math.inf))
            except ResponseError as error:
                answers.append(error)


class Transaction:
    """Commands that Redis carries out all or none, in one piece (MULTI)."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._commands: list[Command] = []

    def execute_command(self, *command: bytes | str | int) -> None:
        """Add a command; as redis-py's pipelines call it."""
        self._commands.append(command)

    async def execute(self) -> None:
        """Carry them out.

        Raises RedisError: the one with which Redis refused a command, and then none was carried out; the first of an
        answer, and then the others were; or that an answer did not come, and then nothing is certain.
        """
        pool = self._redis.connection_pool
        connection = await pool.get_connection()  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
        answers: list[Any] = []
        try:
            await exchange(connection, (_MULTI, *self._commands, _EXEC), answers=answers)
        except TimeoutError as error:
            raise RedisTimeoutError(f"no answer within {SOCKET_TIMEOUT_S:g} s") from error
        finally:
            await pool.release(connection)
        *queued, outcome = answers
        for answer in (*queued, *(outcome if isinstance(outcome, list) else (outcome,))):
            if isinstance(answer, RedisError):
                raise answer
