"""One observed statement about AI, with the evidence that anyone can check."""

from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from kabar_contracts.disclosure import vocabulary
from kabar_contracts.fields import Message

CONTEXT: Final = 32
"""Code points of a text that an evidence carries on either side."""


class Evidence(Message):
    """An exact piece of text. `start` and `end` count Unicode code points of the text that `source` names."""

    source: vocabulary.EvidenceSource
    exact: Annotated[str, Field(min_length=1)]
    prefix: str
    """The 32 code points before, or fewer at the beginning."""
    suffix: str
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(gt=0)]
    position_class: vocabulary.PositionClass
    in_cleaned_body: bool

    @model_validator(mode="after")
    def _length_fits(self) -> Self:
        if self.end - self.start != len(self.exact):
            message = f"evidence of {len(self.exact)} code points does not fit the offsets {self.start} to {self.end}"
            raise ValueError(message)
        return self

    def stands_in(self, text: str) -> bool:
        """Whether `text` has exactly this evidence, with its neighbours, at these offsets."""
        return (
            text[self.start : self.end] == self.exact
            and text[max(0, self.start - CONTEXT) : self.start] == self.prefix
            and text[self.end : self.end + CONTEXT] == self.suffix
        )


class HumanReview(Message):
    """What is claimed about a person's part in it."""

    claim: vocabulary.ReviewClaim = "not_stated"
    by: str | None = None
    reviewer_name: str | None = None
    editorial_responsibility_claimed: bool = False
    evidence: tuple[Evidence, ...] = ()


class Tool(Message):
    """A tool that is named: product, model or service."""

    name: str
    kind: str | None = None
    version: str | None = None
    provider: str | None = None
    uri: str | None = None
    raw: str | None = None
    """As it is written in the evidence."""


class RawAssertion(Message):
    """A hidden channel's own words: the name it goes by and its value."""

    name: str
    value: str


class Assertion(Message):
    """A fact observed: somebody said this, here, in these words."""

    id: str
    channel: vocabulary.Channel
    polarity: vocabulary.Polarity
    modality: vocabulary.Modality
    activity: vocabulary.Activity
    degree: vocabulary.Degree
    object: vocabulary.Object
    scope_level: vocabulary.ScopeLevel
    human_review: HumanReview = HumanReview()
    tools: tuple[Tool, ...] = ()
    asserted_by: vocabulary.AssertedBy
    trust: vocabulary.Trust
    raw: RawAssertion | None = None
    vocabulary: str | None = None
    lang: str | None = None
    method: str
    """Id of the rule that read it."""
    evidence: Annotated[tuple[Evidence, ...], Field(min_length=1)]

    @property
    def counts(self) -> bool:
        """Whether it says something of this article: policies, quotes and other people's work do not count.

        Nor does a C2PA manifest of which only the presence is known: cameras sign what no AI has touched.
        """
        if self.channel == "c2pa" and self.activity == "unspecified":
            return False
        return self.scope_level in ("article", "component") and self.modality in ("certain", "hedged")

    def check_against(self, source_text: str) -> None:
        """Raise ValueError unless every piece of evidence stands where it says."""
        for piece in (*self.evidence, *self.human_review.evidence):
            if piece.source == "source_text":
                text = source_text
            elif self.raw is None:
                message = f"assertion {self.id} has evidence in raw.value but no raw value"
                raise ValueError(message)
            else:
                text = self.raw.value
            if not piece.stands_in(text):
                message = f"evidence of assertion {self.id} is not at {piece.source}[{piece.start}:{piece.end}]"
                raise ValueError(message)
