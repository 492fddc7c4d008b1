"""A raw article as the stream holds it."""

from typing import Final

from kabar_contracts.entry import Entry
from kabar_contracts.raw import RawArticle

_SERIALIZER: Final = RawArticle.__pydantic_serializer__


def entry_of(article: RawArticle, *, traceparent: str, page: bytes | None = None, page_content_type: str | None = None) -> Entry:
    """The entry that carries this article."""
    return Entry(
        data=_SERIALIZER.to_json(article),
        article_id=article.article_id,
        revision=article.revision,
        traceparent=traceparent,
        page=page,
        page_content_type=page_content_type,
    )
