"""Proves on a real Redis: each user may do what its service needs on the keys that it needs, and nothing else.

The table here is written apart from users.acl, from what the services do; every cell that is not in it must be refused.
"""

from typing import Final

import pytest
import redis
from secured_servers import SecuredRedis

RAW: Final = "{articles}.raw.v1"
RAW_BACKFILL: Final = "{articles}.raw.v1.backfill"
ENRICHED: Final = "{articles}.enriched.v1"
ENRICHED_BACKFILL: Final = "{articles}.enriched.v1.backfill"
RAW_DEAD: Final = "{articles}.raw.v1.dead"
ENRICHED_DEAD: Final = "{articles}.enriched.v1.dead"
FOREIGN: Final = "somebody.elses"
KEYS: Final = (RAW, RAW_BACKFILL, ENRICHED, ENRICHED_BACKFILL, RAW_DEAD, ENRICHED_DEAD, FOREIGN)

COMMANDS: Final[dict[str, tuple[str, ...]]] = {
    "XADD": ("KEY", "*", "data", "1"),
    "XREADGROUP": ("GROUP", "g", "c", "STREAMS", "KEY", ">"),
    "XACK": ("KEY", "g", "1-0"),
    "XCLAIM": ("KEY", "g", "c", "0", "1-0"),
    "XPENDING": ("KEY", "g"),
    "XRANGE": ("KEY", "-", "+"),
    "XREVRANGE": ("KEY", "+", "-"),
    "XLEN": ("KEY",),
    "XTRIM": ("KEY", "MINID", "1"),
    "XDEL": ("KEY", "1-0"),
    "XINFO GROUPS": ("KEY",),
    "XINFO STREAM": ("KEY",),
    "XINFO CONSUMERS": ("KEY", "g"),
    "XGROUP CREATE": ("KEY", "g", "0", "MKSTREAM"),
    "XGROUP DELCONSUMER": ("KEY", "g", "c"),
    "XGROUP DESTROY": ("KEY", "g"),
    "XGROUP SETID": ("KEY", "g", "0"),
    "EVAL": ("return 1", "1", "KEY"),
    "EVAL_RO": ("return 1", "1", "KEY"),
    "EXISTS": ("KEY",),
    "TYPE": ("KEY",),
    "DEL": ("KEY",),
    "SET": ("KEY", "1"),
    "RENAME": ("KEY", "KEY"),
    "HGET": ("KEY", "f"),
    "HSET": ("KEY", "f", "v"),
    "ZADD": ("KEY", "0", "m"),
    "ZRANGE": ("KEY", "0", "1"),
}
WITHOUT_KEYS: Final[dict[str, tuple[str, ...]]] = {
    "PING": (),
    "INFO": ("memory",),
    "CONFIG GET": ("maxmemory",),
    "CONFIG SET": ("maxmemory", "1"),
    "FLUSHALL": (),
    "SHUTDOWN": (),
    "ACL LIST": (),
    "KEYS": ("*",),
    "SCRIPT FLUSH": (),
    "MULTI": (),
    "DEBUG": ("SLEEP", "0"),
    "REPLICAOF": ("NO", "ONE"),
    "SUBSCRIBE": ("news",),
    "TIME": (),
}

_READS_ENTRIES: Final = frozenset(["XREADGROUP", "XACK", "XCLAIM", "XPENDING", "XRANGE", "XLEN", "XTRIM", "EXISTS", "TYPE"])
_KEEPS_GROUPS: Final = frozenset(["XINFO GROUPS", "XINFO STREAM", "XINFO CONSUMERS", "XGROUP CREATE", "XGROUP DELCONSUMER"])
_CONSUMES: Final = _READS_ENTRIES | _KEEPS_GROUPS
_LOOKS: Final = frozenset(["EVAL_RO", "EXISTS", "XINFO GROUPS", "XINFO STREAM", "XPENDING", "XRANGE", "XLEN"])
_GIVES_UP: Final = frozenset(["XADD", "TYPE", "XREVRANGE", "ZADD"])
_OURS: Final = tuple(key for key in KEYS if key != FOREIGN)
_SCRIPTS: Final = {key: frozenset({"EVAL", "EVAL_RO"}) for key in _OURS}
_PEOPLE: Final = frozenset(name for name in COMMANDS if name not in ("DEL", "SET", "RENAME"))


def _merged(*tables: dict[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    return {key: frozenset().union(*(table.get(key, frozenset()) for table in tables)) for key in KEYS}


ALLOWED: Final[dict[str, dict[str, frozenset[str]]]] = {
    "health": _merged(),
    "ingest": _merged(dict.fromkeys(_OURS, _LOOKS), {key: frozenset({"XADD"}) for key in (RAW, RAW_BACKFILL)}),
    "enrich": _merged(
        _SCRIPTS,
        dict.fromkeys((RAW, RAW_BACKFILL), _CONSUMES),
        {key: frozenset({"XADD", "TYPE"}) for key in (ENRICHED, ENRICHED_BACKFILL)},
        {RAW_DEAD: _GIVES_UP},
    ),
    "index": _merged(_SCRIPTS, dict.fromkeys((ENRICHED, ENRICHED_BACKFILL), _CONSUMES), {ENRICHED_DEAD: _GIVES_UP}),
    "archive": _merged(_SCRIPTS, dict.fromkeys((RAW, RAW_BACKFILL), _CONSUMES), {RAW_DEAD: _GIVES_UP}),
    "search": _merged({key: _LOOKS | {"XREVRANGE", "HGET", "ZRANGE"} for key in _OURS}),
    "topology": _merged({key: frozenset({"XGROUP CREATE", "XINFO GROUPS"}) for key in _OURS}),
    "ops": _merged(dict.fromkeys(_OURS, _PEOPLE)),
}
ALLOWED_WITHOUT_KEYS: Final[dict[str, frozenset[str]]] = {
    "health": frozenset({"PING"}),
    "ingest": frozenset({"PING", "INFO", "CONFIG GET", "MULTI"}),
    "enrich": frozenset({"PING", "MULTI", "TIME"}),
    "index": frozenset({"PING", "MULTI", "TIME"}),
    "archive": frozenset({"PING", "MULTI", "TIME"}),
    "search": frozenset({"PING"}),
    "topology": frozenset({"PING"}),
    "ops": frozenset({"PING", "MULTI", "TIME", "INFO", "CONFIG GET"}),
}


def _may(admin: redis.Redis, user: str, command: str, arguments: tuple[str, ...]) -> bool:
    answer = admin.acl_dryrun(user, *command.split(), *arguments)
    assert answer == b"OK" or b"permissions" in answer, answer
    return bool(answer == b"OK")


@pytest.mark.parametrize("user", sorted(ALLOWED))
def test_a_user_may_do_what_its_service_needs_and_nothing_else(secured_redis: SecuredRedis, user: str) -> None:
    wrong = []
    with redis.Redis.from_url(secured_redis.admin_url) as admin:
        for key in KEYS:
            for command, arguments in COMMANDS.items():
                may = _may(admin, user, command, tuple(key if argument == "KEY" else argument for argument in arguments))
                if may != (command in ALLOWED[user][key]):
                    wrong.append(f"{'may' if may else 'may not'} {command} {key}")
        for command, arguments in WITHOUT_KEYS.items():
            may = _may(admin, user, command, arguments)
            if may != (command in ALLOWED_WITHOUT_KEYS[user]):
                wrong.append(f"{'may' if may else 'may not'} {command}")

    assert wrong == []


def test_the_table_has_every_user_of_the_deployment(secured_redis: SecuredRedis) -> None:
    with redis.Redis.from_url(secured_redis.admin_url) as admin:
        users = {str(user) for user in admin.acl_users()}

    assert users == {*ALLOWED, "default", "admin"}


def test_nobody_comes_in_without_a_name(secured_redis: SecuredRedis) -> None:
    url = secured_redis.admin_url.replace("admin:of-the-tests-alone@", "")

    with redis.Redis.from_url(url) as nobody, pytest.raises(redis.AuthenticationError):
        nobody.ping()


def test_a_client_that_does_not_know_the_authority_is_not_connected(secured_redis: SecuredRedis) -> None:
    url = secured_redis.admin_url.partition("?")[0]

    with redis.Redis.from_url(url) as stranger, pytest.raises(redis.ConnectionError, match="certificate"):
        stranger.ping()


def test_a_client_without_tls_gets_no_answer(secured_redis: SecuredRedis) -> None:
    with redis.Redis(port=secured_redis.port, socket_timeout=5) as plain, pytest.raises((redis.ConnectionError, redis.TimeoutError)):
        plain.ping()
