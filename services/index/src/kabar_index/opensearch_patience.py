"""How long an answer of OpenSearch is waited for.

Nothing tells a slow node from one whose answer was lost on the way. Waiting long makes each lost answer an outage; waiting
briefly makes a slow node do everything twice, and for ever. So writes begin with little patience and get more each
time it was too little, as long as the node still answers a greeting.
"""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from opensearchpy import AsyncTransport
from opensearchpy.exceptions import ConnectionTimeout

MOST_S: Final = 60.0
GREETING_S: Final = 2.0
_SPARE: Final = 4
"""Times as long as the last write took: common ones vary that much."""


@dataclass(slots=True)
class Patience:
    """Pure: the time that the next write gets."""

    least_s: float
    write_s: float
    in_doubt: bool = False
    """Whether the last write got no answer: then it is asked first whether anybody is there."""

    def note_answer(self, *, took_s: float) -> None:
        """A write was answered."""
        self.in_doubt = False
        self.write_s = max(self.least_s, min(self.write_s, _SPARE * took_s))

    def note_silence(self, *, waited_s: float) -> None:
        """A write got no answer; of several that were in flight each had waited for this long."""
        self.in_doubt = True
        self.write_s = max(self.write_s, min(2 * waited_s, max(MOST_S, self.least_s)))


class PatientTransport(AsyncTransport):
    """The client's transport, with that patience for `_bulk`."""

    def __init__(self, *arguments: Any, timeout: float, **options: Any) -> None:
        super().__init__(*arguments, timeout=timeout, **options)
        self._patience = Patience(least_s=timeout, write_s=timeout)

    async def perform_request(
        self,
        method: str,
        url: str,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
        timeout: float | None = None,  # noqa: ASYNC109  # the client's own signature
        ignore: Collection[int] = (),
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """As the client's own. Raises its exceptions, opensearchpy.exceptions.ConnectionTimeout among them."""
        if not url.endswith("/_bulk"):
            return await super().perform_request(method, url, params, body, timeout, ignore, headers)
        if self._patience.in_doubt:
            await super().perform_request("HEAD", "/", timeout=GREETING_S)
        waits_s, began_at = self._patience.write_s, time.monotonic()
        try:
            answer = await super().perform_request(method, url, params, body, waits_s, ignore, headers)
        except ConnectionTimeout:
            self._patience.note_silence(waited_s=waits_s)
            raise
        self._patience.note_answer(took_s=time.monotonic() - began_at)
        return answer
