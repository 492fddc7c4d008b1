"""What the assertions say together: a pure function."""

from collections.abc import Sequence

from kabar_contracts.disclosure import vocabulary
from kabar_contracts.disclosure.assertion import Assertion, Tool
from kabar_contracts.fields import Message


class Summary(Message):
    """The short answer. Only assertions about this article or a part of it count."""

    status: vocabulary.Status
    activities: tuple[vocabulary.Activity, ...]
    objects: tuple[vocabulary.Object, ...]
    human_review: vocabulary.ReviewClaim
    tools: tuple[Tool, ...]
    scope_level: vocabulary.ScopeLevel | None
    channels: tuple[vocabulary.Channel, ...]
    conflict: bool
    conflict_types: tuple[str, ...]


def summarise(assertions: Sequence[Assertion], *, channels_assessed: Sequence[vocabulary.Channel]) -> Summary:
    """The summary of these assertions; `not_assessed` when no channel could be looked at."""
    raise NotImplementedError
