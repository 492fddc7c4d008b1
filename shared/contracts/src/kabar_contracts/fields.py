"""Field types that several messages share."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from kabar_contracts import identity, limits


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        message = "in UTC this time lies outside the years 1 to 9999"
        raise ValueError(message) from error


UtcTime = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""A moment with its zone, kept in UTC. A time without a zone is refused: nobody can say when it was."""

ArticleId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Revision = Annotated[int, Field(ge=0, le=identity.LARGEST_REVISION)]
Name = Annotated[str, Field(min_length=1, max_length=limits.NAME_CHARACTERS)]
Source = Annotated[str, Field(min_length=1, max_length=limits.SOURCE_CHARACTERS, pattern=r"^[^\s\x00-\x1f/]+$")]
NativeId = Annotated[str, Field(min_length=1, max_length=limits.NATIVE_ID_CHARACTERS, pattern=r"^[^\x00-\x1f\x7f]+$")]
Url = Annotated[str, Field(max_length=limits.URL_CHARACTERS, pattern=r"^[Hh][Tt][Tt][Pp][Ss]?://[^\s/?#]+[^\s]*$")]
Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$", max_length=35)]
"""A BCP 47 tag; `und` where the language is not known."""
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2."""


class ArticleStatus(StrEnum):
    """What may be done with an article, in the terms of ninjs `pubstatus`."""

    USABLE = "usable"
    WITHHELD = "withheld"
    CANCELED = "canceled"


class Message(BaseModel):
    """What every message of ours does: it is frozen, and it ignores fields that a newer producer added."""

    # JSON has no NaN: it would be written as null, which the next reader of a required number refuses.
    # The names of fields are worth remembering; texts are not, of which pydantic would keep 16,384 that never come again.
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False, cache_strings="keys")


class ArticleWarning(Message):
    """Something a person may want to know of an article that went on nevertheless."""

    code: str
    """A stable word to count by, for example `clock_ahead`."""
    message: str
    pointer: str | None = None
    """JSON pointer to the field it is about."""
