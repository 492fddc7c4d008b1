"""What an accepted article is answered with."""

from typing import Any

import orjson
from kabar_contracts.fields import ArticleWarning
from kabar_contracts.raw import RawArticle
from pydantic import BaseModel, ConfigDict, Field

from kabar_ingest.problems import Fault


class Accepted(BaseModel):
    """Redis has the article. Follow it with the receipt."""

    model_config = ConfigDict(frozen=True)

    status: int
    article_id: str
    revision: int
    """UTC milliseconds; of two revisions of an article the greater one wins."""
    receipt: str
    """`article_id.revision.entry_id`"""
    duplicate: bool
    """Advice: the same article, `updated_at` and content were accepted lately. It was accepted again nevertheless."""
    warnings: tuple[ArticleWarning, ...] = ()


class LineAccepted(Accepted):
    """The answer to one line that was accepted."""

    line: int = Field(ge=1)
    """Number of the line in the body; blank lines count and get no answer."""


class ProblemDetails(BaseModel):
    """Problem details (RFC 9457). `errors` holds every fault that was found."""

    type: str
    title: str
    status: int
    detail: str
    errors: tuple[Fault, ...]


class LineRefused(ProblemDetails):
    """The answer to one line that was not accepted."""

    line: int = Field(ge=1)


def accepted(article: RawArticle, *, entry_id: str, duplicate: bool) -> dict[str, Any]:
    """The members of `Accepted` for this article under this entry."""
    return {
        "status": 202,
        "article_id": article.article_id,
        "revision": article.revision,
        "receipt": f"{article.article_id}.{article.revision}.{entry_id}",
        "duplicate": duplicate,
        "warnings": [warning.model_dump() for warning in article.warnings],
    }


def line(number: int, members: dict[str, Any]) -> bytes:
    """One line of the answer to a batch, with its line end."""
    return orjson.dumps({"line": number, **members}, option=orjson.OPT_APPEND_NEWLINE)
