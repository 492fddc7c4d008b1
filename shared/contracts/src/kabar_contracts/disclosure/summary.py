"""What the assertions say together: a pure function."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Final, Literal, TypeVar, get_args

from kabar_contracts.disclosure import vocabulary
from kabar_contracts.disclosure.assertion import Assertion, Tool
from kabar_contracts.fields import Message

Term = TypeVar("Term", bound=str)

ConflictType = Literal["polarity", "channels", "activity", "human_review"]
"""How assertions contradict each other.

`polarity`: one channel both affirms and denies AI for the same thing.
`channels`: one channel affirms what another denies.
`activity`: two channels name different ways in which AI made the same text.
`human_review`: a check by a person is claimed and denied for the same thing.
"""

NOT_AI: Final[frozenset[vocabulary.Activity]] = frozenset({"none", "automated_nonai"})
"""Activities in which no AI acts, whatever the polarity."""

SWEEPING: Final[frozenset[vocabulary.Activity]] = frozenset({"none", "unspecified", "assisted_unspecified"})
"""Activities that, denied, deny every use."""

_EVERYTHING: Final[frozenset[vocabulary.Object]] = frozenset({"whole_article", "unspecified"})
_MAKING_OF_TEXT: Final[frozenset[vocabulary.Activity]] = frozenset({"generated", "drafted", "translated", "edited_improved"})
_REVIEWED: Final[frozenset[vocabulary.ReviewClaim]] = frozenset({"human_validated", "human_edited"})
_REVIEW_ORDER: Final[tuple[vocabulary.ReviewClaim, ...]] = (
    "explicitly_none",
    "partial_review",
    "human_edited",
    "human_validated",
    "supervised_unspecified",
)
"""The claim that leads where several stand: an admission first, then the more exact one."""


class Summary(Message):
    """The short answer. Only assertions about this article or a part of it count."""

    status: vocabulary.Status
    activities: tuple[vocabulary.Activity, ...]
    """What AI did. A denied activity is not among them; `none` stands for the claim that no AI was used."""
    objects: tuple[vocabulary.Object, ...]
    human_review: vocabulary.ReviewClaim
    tools: tuple[Tool, ...]
    scope_level: vocabulary.ScopeLevel | None
    channels: tuple[vocabulary.Channel, ...]
    conflict: bool
    conflict_types: tuple[str, ...]
    """Of `ConflictType`, in its order."""


def summarise(assertions: Sequence[Assertion], *, channels_assessed: Sequence[vocabulary.Channel]) -> Summary:
    """The summary of these assertions; `not_assessed` when no channel could be looked at.

    A visible admission beats a denial of the same thing in a hidden channel, where templates write the same value
    on every page; the conflict is still shown. Lists are in the order of their vocabulary, tools as first named.
    """
    counting = [assertion for assertion in assertions if assertion.counts]
    certain = [assertion for assertion in counting if assertion.modality == "certain"]
    heard = certain or counting
    leading = [assertion for assertion in heard if admits_ai(assertion)] or heard
    conflicts = _conflicts(certain)
    return Summary(
        status=_status(counting, certain=certain, channels_assessed=channels_assessed),
        activities=_in_order(
            vocabulary.Activity, (one.activity for one in leading if one.polarity == "affirmed" or one.activity == "none")
        ),
        objects=_in_order(vocabulary.Object, (one.object for one in leading)),
        human_review=_leading_review(leading),
        tools=_distinct_tools(tool for one in leading for tool in one.tools),
        scope_level=_widest_scope(leading),
        channels=_in_order(vocabulary.Channel, (one.channel for one in counting)),
        conflict=bool(conflicts),
        conflict_types=conflicts,
    )


def admits_ai(assertion: Assertion) -> bool:
    """Whether it says that AI was used."""
    return assertion.polarity == "affirmed" and assertion.activity not in NOT_AI


def denies_ai(assertion: Assertion) -> bool:
    """Whether it says that AI was not used, at all or for one thing."""
    return assertion.activity == "none" or (assertion.polarity == "denied" and assertion.activity not in NOT_AI)


def share_an_object(one: Assertion, other: Assertion) -> bool:
    """Whether both speak of the same part of the article, or one of them of all of it."""
    return one.object == other.object or not _EVERYTHING.isdisjoint((one.object, other.object))


def _status(
    counting: Sequence[Assertion], *, certain: Sequence[Assertion], channels_assessed: Sequence[vocabulary.Channel]
) -> vocabulary.Status:
    if not counting:
        return "none_found" if channels_assessed else "not_assessed"
    admissions = [one for one in certain if admits_ai(one)]
    denials = [one for one in certain if denies_ai(one) and not _is_outweighed(one, admissions=admissions)]
    if admissions:
        return "disclosed_mixed" if denials else "disclosed_ai_used"
    if denials:
        return "disclosed_no_ai"
    hedged = any(one.activity not in NOT_AI or denies_ai(one) for one in counting)
    return "ambiguous" if hedged else "none_found"


def _is_outweighed(denial: Assertion, *, admissions: Iterable[Assertion]) -> bool:
    """Whether a hidden denial meets a visible admission about the same thing."""
    return denial.channel != "body_text" and any(
        admission.channel == "body_text" and _contradict(admission, denial) for admission in admissions
    )


def _contradict(admission: Assertion, denial: Assertion) -> bool:
    return share_an_object(admission, denial) and (denial.activity in SWEEPING or denial.activity == admission.activity)


def _conflicts(certain: Sequence[Assertion]) -> tuple[ConflictType, ...]:
    return _in_order(ConflictType, _conflicts_found(certain))


def _conflicts_found(certain: Sequence[Assertion]) -> Iterator[ConflictType]:
    admissions = [one for one in certain if admits_ai(one)]
    denials = [one for one in certain if denies_ai(one)]
    for admission, denial in product(admissions, denials):
        if _contradict(admission, denial):
            yield "polarity" if admission.channel == denial.channel else "channels"
    if _channels_name_different_makings(admissions):
        yield "activity"
    for one, other in product(certain, certain):
        claims = one.human_review.claim, other.human_review.claim
        if claims[0] == "explicitly_none" and claims[1] in _REVIEWED and share_an_object(one, other):
            yield "human_review"


def _channels_name_different_makings(admissions: Sequence[Assertion]) -> bool:
    said: dict[tuple[vocabulary.Object, vocabulary.Channel], set[vocabulary.Activity]] = {}
    for one in admissions:
        if one.activity in _MAKING_OF_TEXT:
            said.setdefault((one.object, one.channel), set()).add(one.activity)
    return any(
        here[0] == there[0] and activities.isdisjoint(others)
        for here, activities in said.items()
        for there, others in said.items()
        if here != there
    )


def _leading_review(leading: Sequence[Assertion]) -> vocabulary.ReviewClaim:
    claims = {one.human_review.claim for one in leading}
    return next((claim for claim in _REVIEW_ORDER if claim in claims), "not_stated")


def _widest_scope(leading: Sequence[Assertion]) -> vocabulary.ScopeLevel | None:
    if not leading:
        return None
    return "article" if any(one.scope_level == "article" for one in leading) else "component"


def _distinct_tools(tools: Iterable[Tool]) -> tuple[Tool, ...]:
    distinct: dict[tuple[str, str | None], Tool] = {}
    for tool in tools:
        distinct.setdefault((tool.name.casefold(), tool.version), tool)
    return tuple(distinct.values())


def _in_order(vocabulary_of: object, values: Iterable[Term]) -> tuple[Term, ...]:
    found = set(values)
    return tuple(term for term in get_args(vocabulary_of) if term in found)
