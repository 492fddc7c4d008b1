"""What is wrong with a request, in words a person can act on: problem details (RFC 9457)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from typing import Any, Final

MEDIA_TYPE: Final = "application/problem+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault of a request."""

    code: str
    """A stable word to count and to branch by."""
    message: str
    hint: str | None = None
    """What to do about it."""
    pointer: str | None = None
    """JSON pointer (RFC 6901) into the body; empty for the whole body, null when the fault lies outside it."""
    parameter: str | None = None
    """The query parameter, part of the path or header that is at fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a request, or one line of it, was not accepted. `faults` names all that was found, at least one."""

    status: HTTPStatus
    title: str
    faults: tuple[Fault, ...]
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """The code of its one fault, else `several_faults`: the last part of its type."""
        return self.faults[0].code if len(self.faults) == 1 else "several_faults"

    def members(self) -> dict[str, Any]:
        """The members of the problem document."""
        return {
            "type": f"urn:kabar:problem:{self.code}",
            "title": self.title,
            "status": int(self.status),
            "detail": " ".join(fault.message for fault in self.faults[:3]) + (" …" if len(self.faults) > 3 else ""),  # noqa: PLR2004  # a detail is one line to read
            "errors": [asdict(fault) for fault in self.faults],
        }


class ProblemError(Exception):
    """A request or a line that is not accepted, with its problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.title)
        self.problem = problem


def unparsable(fault: Fault) -> ProblemError:
    """The body cannot be read at all."""
    return ProblemError(Problem(status=HTTPStatus.BAD_REQUEST, title="The body cannot be read", faults=(fault,)))


def invalid(faults: Sequence[Fault]) -> ProblemError:
    """The body can be read, and is not what it should be."""
    return ProblemError(Problem(status=HTTPStatus.UNPROCESSABLE_ENTITY, title="The request is not valid", faults=tuple(faults)))


def too_large(fault: Fault) -> ProblemError:
    """More than a limit allows."""
    return ProblemError(Problem(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE, title="The request is too large", faults=(fault,)))


def unsupported(fault: Fault, *, headers: Mapping[str, str]) -> ProblemError:
    """A media type, a charset or a content coding that is not taken."""
    return ProblemError(
        Problem(status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE, title="The form of the body is not supported", faults=(fault,), headers=headers)
    )


def too_slow(*, idle_s: float, setting: str) -> ProblemError:
    """The body stopped coming."""
    fault = Fault(
        code="body_stalled",
        message=f"No byte of the body came for {idle_s:g} seconds.",
        hint=f"Send the body without pauses. The patience is set by {setting}.",
    )
    return ProblemError(Problem(status=HTTPStatus.REQUEST_TIMEOUT, title="The body came too slowly", faults=(fault,)))


def unavailable(fault: Fault, *, retry_after_s: int) -> ProblemError:
    """The queue does not take articles now."""
    return ProblemError(
        Problem(
            status=HTTPStatus.SERVICE_UNAVAILABLE,
            title="Articles are not taken at the moment",
            faults=(fault,),
            headers={"retry-after": str(retry_after_s)},
        )
    )
