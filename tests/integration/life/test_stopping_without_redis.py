"""SIGTERM while Redis is away: the worker ends in time and in order, whatever it was waiting for."""

import time
from pathlib import Path
from typing import Any

import pytest
from articles import raw_article, raw_fields
from kabar_contracts.streams import RAW
from kabar_embedded import free_port, start_redis
from redis import Redis
from redis_binaries import BINARIES, IDS
from waiting import eventually
from worker_process import worker

ENDS_S = 10.0
ARTICLES = 2_000


@pytest.mark.parametrize("fault", ["killed", "frozen"])
@pytest.mark.parametrize("binary", BINARIES, ids=IDS)
def test_a_worker_in_the_middle_of_its_work_ends_in_order_though_redis_is_away(binary: Path, fault: str, tmp_path: Path) -> None:
    with (
        start_redis(tmp_path / "redis", binary=binary) as server,
        worker("enrich", tmp_path, redis_url=server.url, batch_size="4", processes="1") as enrich,
        Redis.from_url(server.url) as redis,
    ):
        enrich.wait_ready()
        with redis.pipeline(transaction=False) as pipeline:
            for number in range(ARTICLES):
                fields: Any = raw_fields(raw_article(number))
                pipeline.xadd(RAW.name, fields)
            pipeline.execute()
        if fault == "killed":
            server.kill()
        else:
            server.pause()
        eventually(lambda: "_failed" in enrich.log(), within_s=10, what="the worker has noticed")
        asked_at = time.monotonic()
        assert enrich.terminate(within_s=ENDS_S) == 0, enrich.log()[-3_000:]
        assert time.monotonic() - asked_at < ENDS_S


def test_a_worker_that_waits_for_redis_since_its_start_ends_at_once(tmp_path: Path) -> None:
    with worker("enrich", tmp_path, redis_url=f"redis://127.0.0.1:{free_port()}/0", processes="1") as enrich:
        eventually(lambda: "worker_waits_for_streams" in enrich.log(), within_s=30, what=f"it waits: {enrich.log()}")
        assert enrich.health("/livez") == 200
        assert enrich.terminate(within_s=ENDS_S) == 0, enrich.log()
