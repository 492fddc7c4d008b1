"""The query parameters of a request."""

from collections.abc import Iterable, Mapping
from typing import Final

from kabar_contracts.streams import Lane

from kabar_ingest.problems import Fault, invalid

LANE: Final = "lane"


def checked(pairs: Iterable[tuple[str, str]], *, allowed: Iterable[str]) -> Mapping[str, str]:
    """The parameters by name. Raises ProblemError (422) for unknown and repeated ones and for a lane there is not."""
    names = tuple(allowed)
    faults = []
    values: dict[str, str] = {}
    for name, value in pairs:
        if name not in names:
            hint = f"It takes {', '.join(names)}."
            faults.append(Fault(code="unknown_parameter", message=f"There is no parameter {name!r:.60} here.", hint=hint, parameter=name))
        elif name in values:
            faults.append(Fault(code="repeated_parameter", message=f"{name} stands more than once.", hint="Send it once.", parameter=name))
        values[name] = value
    lanes = [lane.value for lane in Lane]
    if values.get(LANE, lanes[0]) not in lanes:
        message = f"There is no lane {values[LANE]!r:.60}."
        faults.append(Fault(code="not_allowed", message=message, hint=f"The lanes are {' and '.join(lanes)}.", parameter=LANE))
    if faults:
        raise invalid(faults)
    return values


def lane_of(values: Mapping[str, str]) -> Lane:
    """The lane that checked parameters name; `live` when they name none."""
    return Lane(values.get(LANE, Lane.LIVE.value))
