"""In a real child process: an enricher that hangs, computes for ever or takes all memory is left out, and the article goes on."""

from datetime import UTC, datetime

from articles import raw_article, raw_fields
from hostile_reading import read_with_bad_enrichers
from kabar_chassis.delivery.outcome import HandOver
from kabar_chassis.delivery.quarantine import Quarantine, Result
from kabar_contracts.enriched import EnrichedArticle
from kabar_enrich.reading import Job

NOW = datetime(2026, 5, 4, tzinfo=UTC)


async def test_bad_enrichers_are_named_and_the_article_keeps_what_the_others_found() -> None:
    quarantine = Quarantine(timeout_s=60, memory_mb=900)
    verdict = await quarantine.run_alone(read_with_bad_enrichers, [Job(fields=raw_fields(raw_article(1)), now=NOW)])
    quarantine.close()

    assert isinstance(verdict, Result)
    (outcome,) = verdict.value
    assert isinstance(outcome, HandOver)
    article = EnrichedArticle.model_validate_json(outcome.fields[b"data"])
    assert article.body == raw_article(1).body
    assert [(warning.code, warning.message.partition(":")[0]) for warning in article.warnings] == [
        ("enricher_skipped", "hang"),
        ("enricher_skipped", "spin"),
        ("enricher_skipped", "eat_memory"),
    ]
