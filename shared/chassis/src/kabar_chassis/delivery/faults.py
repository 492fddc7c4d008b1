"""What is wrong with a message, without a word of it: details lie in logs and dead letters."""

from typing import Final

from pydantic import ValidationError

FAULTS: Final = 20
"""Faults that are named; the rest is counted."""


def message_faults(error: ValidationError) -> str:
    """Every fault as `/pointer: what is wrong`, without the value that is wrong, separated by `; `."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    named = [f"/{'/'.join(str(part) for part in fault['loc'])}: {fault['msg']}" for fault in faults[:FAULTS]]
    more = [f"and {len(faults) - FAULTS} more"] if len(faults) > FAULTS else []
    return "; ".join(named + more)
