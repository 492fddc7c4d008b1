"""The role `articles`: enriched articles become documents of the index that is searched."""

from collections.abc import Callable, Sequence
from datetime import datetime

from kabar_chassis.delivery.outcome import Dead, Delivery, Handler, Outcome, Reason
from kabar_contracts.enriched import EnrichedArticle
from kabar_contracts.entry import InvalidEntryError, decode
from opensearchpy import AsyncOpenSearch
from pydantic import ValidationError

from kabar_index.documents import article_document, article_version, json_bytes
from kabar_index.mappings import ARTICLES_WRITE
from kabar_index.opensearch_bulk import Action, write


def article_handler(client: AsyncOpenSearch, *, now: Callable[[], datetime]) -> Handler:
    """The handler that writes articles with `client`."""

    async def index_articles(deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        indexed_at = now()
        planned = [action_of(delivery, indexed_at=indexed_at) for delivery in deliveries]
        actions = [plan for plan in planned if isinstance(plan, Action)]
        written = iter(await write(client, ARTICLES_WRITE, actions) if actions else ())
        return [next(written) if isinstance(plan, Action) else plan for plan in planned]

    return index_articles


def action_of(delivery: Delivery, *, indexed_at: datetime) -> Action | Dead:
    """The document to write for this entry, or why there can be none."""
    try:
        entry = decode(delivery.fields)
        article = EnrichedArticle.model_validate_json(entry.data)
    except InvalidEntryError as error:
        return Dead(Reason.INVALID_ENTRY, str(error))
    except ValidationError as error:
        return Dead(Reason.INVALID_MESSAGE, str(error))
    return Action(
        document_id=article.article_id,
        version=article_version(article),
        source=json_bytes(article_document(article, indexed_at=indexed_at)),
    )
