"""Requests to take an article down."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kabar_contracts.raw import RawArticle

from kabar_ingest.articles import Address, takedown
from kabar_ingest.json_text import parsed_object
from kabar_ingest.pages import in_parameters
from kabar_ingest.problems import Fault, ProblemError, invalid


def takedown_by_url(content: bytes, *, accepted_at: datetime) -> RawArticle:
    """The takedown that the JSON object `{url, source, reason}` asks for. Raises ProblemError."""
    fields = _fields(content, allowed=("url", "source", "reason"))
    faults = [
        Fault(code="missing_field", message=f"The field {name} is missing.", hint=hint, pointer=f"/{name}")
        for name, hint in (("url", "Send the URL of the article."), ("reason", "Say why, in a few words; it is kept."))
        if name not in fields
    ]
    if faults:
        raise invalid(faults)
    return takedown(source=fields.get("source"), native_id=None, url=fields["url"], reason=fields["reason"], accepted_at=accepted_at)


def takedown_at(address: Address, content: bytes, *, reason: str | None, accepted_at: datetime) -> RawArticle:
    """The takedown of the article at this address, with the reason from `?reason=` or from a JSON object. Raises ProblemError."""
    given = reason
    if content.strip():
        fields = _fields(content, allowed=("reason",))
        if reason is not None and fields.get("reason", reason) != reason:
            message = "The body gives another reason than the parameter."
            raise invalid([Fault(code="conflict", message=message, hint="Send one of them.", pointer="/reason")])
        given = fields.get("reason", reason)
    try:
        return takedown(source=address.source, native_id=address.native_id, url=None, reason=given, accepted_at=accepted_at)
    except ProblemError as error:
        raise in_parameters(error) from error


def _fields(content: bytes, *, allowed: tuple[str, ...]) -> Mapping[str, Any]:
    fields = {name: value for name, value in parsed_object(content).items() if value is not None}
    unknown = [name for name in fields if name not in allowed]
    if unknown:
        hint = f"It takes {', '.join(allowed)}."
        raise invalid(
            [
                Fault(code="unknown_field", message=f"There is no field {name!r:.60} here.", hint=hint, pointer=f"/{name}"[:80])
                for name in unknown
            ]
        )
    return fields
