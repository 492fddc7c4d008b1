"""Whether a document was refused for what it is, or for the index it met."""

from collections.abc import Sequence

from kabar_chassis.delivery.outcome import Blocked, Dead, Outcome, Reason, Retry
from opensearchpy import AsyncOpenSearch

from kabar_index.mappings import MAPPING_VERSION
from kabar_index.migration import HINT, mapping_version
from kabar_index.opensearch_answers import failure_outcome


async def blame_documents_or_index(client: AsyncOpenSearch, alias: str, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The same outcomes, but rejected documents are given up only where the index has the mapping that they were made for.

    An alias that was moved to an older or newer index refuses good documents, all of them in the worst case.
    """
    if not any(_is_rejection(outcome) for outcome in outcomes):
        return list(outcomes)
    fault = await _fault_of_index(client, alias)
    return [fault if fault is not None and _is_rejection(outcome) else outcome for outcome in outcomes]


def _is_rejection(outcome: Outcome) -> bool:
    return isinstance(outcome, Dead) and outcome.reason is Reason.DOCUMENT_REJECTED


async def _fault_of_index(client: AsyncOpenSearch, alias: str) -> Retry | Blocked | None:
    try:
        version = await mapping_version(client, alias)
    except Exception as error:  # noqa: BLE001  # the client raises more than its own types for answers it cannot read
        return failure_outcome(error)
    if version == MAPPING_VERSION:
        return None
    return Blocked(f"the index behind {alias} has mapping version {version}, this release writes {MAPPING_VERSION}; {HINT}")
