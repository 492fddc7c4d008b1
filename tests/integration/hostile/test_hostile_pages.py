"""Pages and texts made to hurt: each is read or refused, in a time that grows with its size and no faster, in bounded memory.

CPU seconds are measured, not seconds: a busy machine is no failure.
"""

import gc
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import pytest
from articles import raw_article, raw_fields
from hostile_pages import PAGES, TEXTS, Hostile
from kabar_chassis.delivery.outcome import Dead, HandOver
from kabar_contracts import limits
from kabar_contracts.enriched import EnrichedArticle
from kabar_contracts.raw import ContentForm, RawArticle
from kabar_enrich.enrichment import enrich_article
from kabar_enrich.reading import Job, read_entry, warm_up
from reading_cost import MEMORY_MB, cost_of

NOW: Final = datetime(2026, 5, 4, tzinfo=UTC)
SMALL: Final = 50_000
LARGE: Final = 4 * SMALL
"""Bytes. What takes four times as long for it grows with the size, what takes 16 times as long with its square."""
SLOWEST_GROWTH: Final = 7.0
NOISE_S: Final = 0.1
"""CPU seconds by which two readings of the same may differ on a busy machine."""
LONGEST_S: Final = 3.0
"""CPU seconds for a large one, on a busy machine; without neighbours none but the slow ones take half of it."""
SLOW: Final = {"bait for disclosures, in lines": 6.0}
"""Those that may take longer: where each of thousands of lines nearly discloses something, the rules of all languages look at each."""
FULL_S: Final = 25.0
"""CPU seconds for one of the largest size that a producer may send, on a busy machine."""


def _raw(content: bytes, form: ContentForm) -> RawArticle:
    body = None if form is ContentForm.PAGE else content.decode()[: limits.TEXT_CHARACTERS]
    return raw_article(1, content_form=form, title=None, body=body)


def _read(content: bytes, form: ContentForm) -> str:
    """What the article is warned of, separated by spaces; no enricher is broken off."""
    page = content if form is ContentForm.PAGE else None
    article = enrich_article(_raw(content, form), page=page, page_content_type=None, now=NOW)
    EnrichedArticle.model_validate_json(article.model_dump_json())
    return " ".join(warning.code for warning in article.warnings)


def _read_entry(fields: dict[bytes, bytes]) -> str:
    """What the worker hands over or why it does not."""
    outcome = read_entry(Job(fields=fields, now=NOW))
    if isinstance(outcome, Dead):
        return f"{outcome.reason}: {outcome.detail}"
    assert isinstance(outcome, HandOver)
    return f"read: {EnrichedArticle.model_validate_json(outcome.fields[b'data']).article_id}"


def _check_growth(kind: Hostile, form: ContentForm, *, longest_s: float = LONGEST_S) -> None:
    small, large = kind.make(SMALL), kind.make(LARGE)
    assert len(large) <= LARGE

    less = cost_of(lambda: _read(small, form))
    more = cost_of(lambda: _read(large, form))

    assert not {"enricher_failed", "enricher_skipped"} & {*less.outcome.split(), *more.outcome.split()}
    assert more.cpu_s <= SLOWEST_GROWTH * less.cpu_s + NOISE_S, f"{less.cpu_s:.2f} s, and of four times as much {more.cpu_s:.2f} s"
    assert more.cpu_s <= longest_s, f"{more.cpu_s:.2f} s"


@pytest.fixture(scope="module", autouse=True)
def _warm() -> Iterator[None]:
    """What every process loads once is no part of an article's time, and nothing for the children to collect and thereby copy."""
    warm_up()
    for form in (ContentForm.PAGE, ContentForm.PAGE_DUMP, ContentForm.ARTICLE):
        _read("<p>Artikel ini dibuat dengan AI. 新闻报道记者。".encode(), form)
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.parametrize("name", PAGES)
def test_the_time_for_a_hostile_page_grows_with_its_size_only(name: str) -> None:
    _check_growth(PAGES[name], ContentForm.PAGE, longest_s=SLOW.get(name, LONGEST_S))


@pytest.mark.parametrize("form", [ContentForm.ARTICLE, ContentForm.PAGE_DUMP])
@pytest.mark.parametrize("name", TEXTS)
def test_the_time_for_a_hostile_text_grows_with_its_size_only(name: str, form: ContentForm) -> None:
    _check_growth(TEXTS[name], form)


@pytest.mark.parametrize("name", ["one word", "nested elements", "very many attributes", "one line", "deep JSON-LD"])
def test_a_page_of_the_largest_size_is_read_within_the_memory_of_a_child(name: str) -> None:
    page = PAGES[name].make(limits.PAGE_BYTES)
    fields = raw_fields(_raw(page, ContentForm.PAGE), page=page)

    cost = cost_of(lambda: _read_entry(fields))

    assert cost.outcome.startswith("read: ")
    assert cost.cpu_s < FULL_S
    assert cost.peak_mb < MEMORY_MB


def test_a_line_of_50_mb_is_refused_before_anything_reads_it() -> None:
    fields = raw_fields(_raw(b"kata", ContentForm.ARTICLE))
    fields[b"data"] = fields[b"data"].replace(b'"kata"', b'"' + b"kata " * 10_000_000 + b'"')

    cost = cost_of(lambda: _read_entry(fields))

    assert cost.outcome.startswith("invalid_message: ")
    assert str(limits.TEXT_CHARACTERS) in cost.outcome
    assert cost.cpu_s < 1
