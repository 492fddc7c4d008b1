"""What a producer is told when Redis did not take an article."""

from typing import Final

from kabar_ingest.problems import Fault, ProblemError, unavailable
from kabar_ingest.publishing import Refused, Unknown

UNKNOWN: Final = "outcome_unknown"


def not_written(outcome: Refused | Unknown, *, retry_after_s: int) -> ProblemError:
    """The problem (503) of an article that was refused, or of which nobody knows."""
    if isinstance(outcome, Unknown):
        fault = Fault(
            code=UNKNOWN,
            message="The queue did not answer in time, so it is not known whether it has the article.",
            hint="Repeat it: the same article twice is still one article.",
        )
    elif outcome.fault is not None:
        fault = outcome.fault
    elif outcome.is_full:
        fault = Fault(
            code="queue_full",
            message="The queue is full; the article was not accepted.",
            hint="Repeat it later. Operators: the workers are behind, or Redis has too little memory.",
        )
    else:
        fault = Fault(
            code="queue_unavailable",
            message="The queue cannot be written to; the article was not accepted.",
            hint="Repeat it later. Operators: look at /readyz and at the log.",
        )
    return unavailable(fault, retry_after_s=retry_after_s)
