"""The address of receipts."""

from typing import Final

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kabar_search import problems
from kabar_search.parameters import BadParametersError
from kabar_search.receipt_desk import NothingKnownError, ReceiptDesk
from kabar_search.receipts import read_receipt, read_wait

_NOT_KEPT: Final = {"cache-control": "no-store"}


def receipt_routes(desk: ReceiptDesk) -> list[Route]:
    """`GET /v1/receipts/{receipt}?wait=5s`."""

    async def show_receipt(request: Request) -> Response:
        receipt = read_receipt(request.path_params["receipt"])
        if receipt is None:
            return problems.response_of(problems.malformed_receipt(), headers=_NOT_KEPT)
        try:
            wait_s = read_wait(request.query_params.getlist("wait"))
            standing = await desk.standing(receipt, wait_s=wait_s, is_gone=request.is_disconnected)
        except BadParametersError as error:
            return problems.response_of(problems.bad_wait(error.faults), headers=_NOT_KEPT)
        except NothingKnownError as error:
            return problems.response_of(problems.nothing_known(str(error)), headers=_NOT_KEPT)
        if standing is None:
            return problems.response_of(problems.unknown_receipt(), headers=_NOT_KEPT)
        return Response(orjson.dumps(standing.as_json()), media_type="application/json", headers=_NOT_KEPT)

    return [Route("/v1/receipts/{receipt}", show_receipt)]
