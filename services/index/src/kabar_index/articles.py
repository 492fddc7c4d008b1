"""The role `articles`: enriched articles become documents of the index that is searched."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from kabar_chassis.delivery.faults import message_faults
from kabar_chassis.delivery.outcome import Dead, Delivery, Handler, Outcome, Reason
from kabar_chassis.delivery.quarantine import Quarantine, each_in_safety
from kabar_chassis.telemetry import Telemetry
from kabar_contracts.enriched import EnrichedArticle
from kabar_contracts.entry import InvalidEntryError, decode
from opensearchpy import AsyncOpenSearch
from pydantic import ValidationError

from kabar_index.documents import article_document, article_version
from kabar_index.mapping_check import blame_documents_or_index
from kabar_index.mappings import ARTICLES_WRITE
from kabar_index.opensearch_bulk import Action, write


def article_handler(
    client: AsyncOpenSearch,
    *,
    now: Callable[[], datetime],
    quarantine: Quarantine | None = None,
    telemetry: Telemetry | None = None,
) -> Handler:
    """The handler that writes articles with `client`. It works suspects out in `quarantine`, by default one of its own."""
    apart = quarantine or Quarantine()

    async def index_articles(deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        planned = await each_in_safety(partial(action_of, indexed_at=now()), deliveries, quarantine=apart)
        actions = [plan for plan in planned if isinstance(plan, Action)]
        written = iter(await _write(client, actions, telemetry=telemetry) if actions else ())
        return [next(written) if isinstance(plan, Action) else plan for plan in planned]

    return index_articles


async def _write(client: AsyncOpenSearch, actions: Sequence[Action], *, telemetry: Telemetry | None) -> list[Outcome]:
    return await blame_documents_or_index(client, ARTICLES_WRITE, await write(client, ARTICLES_WRITE, actions, telemetry=telemetry))


def action_of(delivery: Delivery, *, indexed_at: datetime) -> Action | Dead:
    """The document to write for this entry, or why there can be none."""
    try:
        entry = decode(delivery.fields)
        article = EnrichedArticle.model_validate_json(entry.data)
    except InvalidEntryError as error:
        return Dead(Reason.INVALID_ENTRY, str(error))
    except ValidationError as error:
        return Dead(Reason.INVALID_MESSAGE, message_faults(error))
    return Action(
        document_id=article.article_id,
        version=article_version(article),
        source=article_document(article, indexed_at=indexed_at),
    )
