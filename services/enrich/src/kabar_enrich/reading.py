"""From the fields of a raw entry to the fields of an enriched one: all the CPU work of an entry, in one call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from kabar_chassis.delivery.faults import message_faults
from kabar_chassis.delivery.outcome import Dead, HandOver, Reason
from kabar_contracts.entry import Entry, InvalidEntryError, decode, encode
from kabar_contracts.raw import ContentForm, RawArticle
from pydantic import ValidationError

from kabar_enrich.budget import Budget
from kabar_enrich.disclosure.detector import get_ready
from kabar_enrich.draft import Enricher
from kabar_enrich.enrichment import ENRICHERS, enrich_article


@dataclass(frozen=True, slots=True)
class Job:
    """One raw entry to read. Small enough to be pickled: it travels to another process."""

    fields: dict[bytes, bytes]
    now: datetime


def read_entries(jobs: Sequence[Job]) -> list[HandOver | Dead]:
    """What becomes of each of these entries. Raises nothing for a bad entry."""
    return [read_entry(job) for job in jobs]


def read_entry(job: Job, *, enrichers: Sequence[Enricher] = ENRICHERS) -> HandOver | Dead:
    """The enriched entry, or why there can be none. An enricher that takes too long for it is left out."""
    try:
        entry = decode(job.fields)
        raw = RawArticle.model_validate_json(entry.data)
        _check(entry, raw)
    except InvalidEntryError as error:
        return Dead(Reason.INVALID_ENTRY, str(error))
    except ValidationError as error:
        return Dead(Reason.INVALID_MESSAGE, message_faults(error))
    # No article pays with its time for what every process loads once.
    warm_up()
    article = enrich_article(
        raw, page=entry.page, page_content_type=entry.page_content_type, now=job.now, enrichers=enrichers, budget=Budget()
    )
    enriched = Entry(
        data=article.model_dump_json().encode(),
        article_id=article.article_id,
        revision=article.revision,
        traceparent=entry.traceparent,
    )
    return HandOver(encode(enriched))


def _check(entry: Entry, raw: RawArticle) -> None:
    """The flat fields must speak of the same article as the message: trimming, tracing and audit read only them."""
    if entry.article_id != raw.article_id:
        raise InvalidEntryError("article_id", f"{entry.article_id!r} is not the message's {raw.article_id!r}")
    if entry.revision != raw.revision:
        raise InvalidEntryError("revision", f"{entry.revision} is not the message's {raw.revision}")
    if raw.content_form is ContentForm.PAGE and entry.page is None:
        raise InvalidEntryError("page", "the message says that a page comes with it")


@cache
def warm_up() -> None:
    """Once a process: load and compile all that reading needs, so that the first article is not the one that waits for it."""
    get_ready()
    moment = datetime(2000, 1, 1, tzinfo=UTC)
    text = "Kata pengantar ini dibuat hanya untuk pemanasan. This sentence is here to warm up the readers of English."
    raw = RawArticle(
        article_id="0" * 32,
        revision=0,
        content_form=ContentForm.HTML,
        source="warm-up.example",
        html=f"<html><body><article><h1>Title</h1><p>{text * 5}</p></article></body></html>",
        received_at=moment,
    )
    enrich_article(raw, page=None, page_content_type=None, now=moment)
