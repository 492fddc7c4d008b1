"""Whether the service lives, and whether it can take articles."""

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from kabar_chassis.topology import missing_groups
from kabar_contracts.streams import RAW, RAW_BACKFILL
from redis.asyncio import Redis
from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kabar_ingest.problems import Fault, Problem
from kabar_ingest.publishing import Publisher
from kabar_ingest.routes import json_response, problem_response

PATIENCE_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Health:
    """Answers the probes."""

    redis: Redis
    publisher: Publisher

    def routes(self) -> list[Route]:
        """`/livez` and `/readyz`."""
        return [Route("/livez", self.live), Route("/readyz", self.ready)]

    async def live(self, _request: Request) -> Response:
        """200 as long as the task that writes to Redis runs."""
        if not self.publisher.is_running:
            fault = Fault(
                code="committing_stopped", message="The task that writes articles to Redis has ended.", hint="Restart the service."
            )
            return problem_response(_unavailable(fault))
        return json_response({"status": "ok"}, status=HTTPStatus.OK)

    async def ready(self, _request: Request) -> Response:
        """200 when Redis answers and every group that reads the raw streams exists."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                missing = await missing_groups(self.redis, [(stream, group) for stream in (RAW, RAW_BACKFILL) for group in stream.groups])
        except (RedisError, OSError, TimeoutError) as error:
            fault = Fault(code="redis_away", message=f"Redis does not answer: {type(error).__name__}.", hint="Look after Redis.")
            return problem_response(_unavailable(fault))
        if missing:
            fault = Fault(
                code="groups_missing",
                message=f"Nobody will read what is accepted: missing {', '.join(missing)}.",
                hint="Create the streams and groups with `kabar topology`.",
            )
            return problem_response(_unavailable(fault))
        return json_response({"status": "ready"}, status=HTTPStatus.OK)


def _unavailable(fault: Fault) -> Problem:
    return Problem(status=HTTPStatus.SERVICE_UNAVAILABLE, title="Not ready", faults=(fault,))
