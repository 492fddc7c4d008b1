import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest
from kabar_contracts import identity
from kabar_contracts.enriched import EnrichedArticle
from kabar_contracts.fields import ArticleStatus
from kabar_contracts.raw import ContentForm, RawArticle
from kabar_enrich.draft import Draft
from kabar_enrich.enrichment import ENRICHERS, GENERATION, enrich_article

Enriched = Callable[..., EnrichedArticle]
NOW = dt.datetime(2025, 9, 10, 12, tzinfo=dt.UTC)
BODY = "Mercusuar tua di ujung tanjung menyala kembali pada Sabtu malam.\n\nPara nelayan mengumpulkan iuran untuk membeli lampu baru."


def fail(draft: Draft) -> Draft:
    message = f"no luck with {draft.raw.article_id}"
    raise RuntimeError(message)


def test_an_article_of_fields_has_title_lead_and_body_as_its_source_text(enriched: Enriched) -> None:
    article = enriched(title="Judul", lead="Teras.", body=BODY)

    assert article.source_text == f"Judul\n\nTeras.\n\n{BODY}"
    assert article.body == BODY
    assert article.lead == "Teras."


def test_the_lead_is_the_first_paragraph_unless_one_was_given(enriched: Enriched) -> None:
    assert enriched(body=BODY).lead == BODY.split("\n\n", maxsplit=1)[0]


def test_the_chrome_that_a_scraper_left_in_a_body_is_dropped(enriched: Enriched) -> None:
    first, second = BODY.split("\n\n")

    article = enriched(
        body=f"{first}\nSCROLL TO CONTINUE WITH CONTENT\nBaca juga:\nPerahu Nelayan Hilang\n{second}\n[Gambas:Video 20detik]"
    )

    assert article.body == BODY


def test_a_standalone_disclosure_note_is_no_part_of_the_body_but_of_the_record(enriched: Enriched) -> None:
    article = enriched(body=f"{BODY}\n\nArtikel ini disempurnakan menggunakan kecerdasan buatan (AI).")

    assert article.body == BODY
    assert article.ai_disclosure is not None
    assert article.ai_disclosure.summary.status == "disclosed_ai_used"


def test_a_takedown_becomes_a_tombstone_without_text(enriched: Enriched) -> None:
    article = enriched(status="canceled", content_form=ContentForm.NONE, title="Judul", url="https://harian.example/1")

    assert article.status is ArticleStatus.CANCELED
    assert (article.title, article.body, article.source_text, article.ai_disclosure) == (None, "", "", None)
    assert (article.url, article.provenance.generation) == ("https://harian.example/1", GENERATION)


def test_a_withheld_article_keeps_its_text(enriched: Enriched) -> None:
    article = enriched(status="withheld", body=BODY)

    assert (article.status, article.body) == (ArticleStatus.WITHHELD, BODY)


def test_an_enricher_that_fails_loses_its_own_findings_and_nothing_else(raw_article: Callable[..., RawArticle]) -> None:
    article = enrich_article(raw_article(body=BODY), page=None, page_content_type=None, now=NOW, enrichers=(fail, *ENRICHERS))

    assert article.body == BODY
    assert [(warning.code, warning.message.split(":")[0]) for warning in article.warnings] == [("enricher_failed", "fail")]


def test_without_a_disclosure_enricher_the_record_says_that_nothing_was_assessed(raw_article: Callable[..., RawArticle]) -> None:
    article = enrich_article(raw_article(body=BODY), page=None, page_content_type=None, now=NOW, enrichers=ENRICHERS[:-1])

    assert article.ai_disclosure is not None
    assert article.ai_disclosure.summary.status == "not_assessed"


def test_a_record_that_does_not_fit_the_text_is_not_published(raw_article: Callable[..., RawArticle]) -> None:
    other = enrich_article(raw_article(body="Teks lain."), page=None, page_content_type=None, now=NOW).ai_disclosure

    def mistaken(draft: Draft) -> Draft:
        return replace(draft, ai_disclosure=other)

    article = enrich_article(raw_article(body=BODY), page=None, page_content_type=None, now=NOW, enrichers=(*ENRICHERS[:-1], mistaken))

    assert article.ai_disclosure is not None
    assert article.ai_disclosure.summary.status == "not_assessed"
    assert [warning.code for warning in article.warnings] == ["enricher_failed"]


def test_text_that_cannot_be_stored_is_replaced_and_keeps_its_length(enriched: Enriched) -> None:
    assert enriched(content_form=ContentForm.PAGE_DUMP, body="a\x00b").source_text == "a\ufffdb"


def test_the_hash_that_ingest_computed_is_kept(enriched: Enriched) -> None:
    assert enriched(body=BODY, content_sha256="b" * 64).content_sha256 == "b" * 64


def test_without_one_the_hash_is_that_of_the_page(enriched: Enriched) -> None:
    assert enriched(page=b"<p>x</p>", content_form=ContentForm.PAGE).content_sha256 == identity.sha256_hex(b"<p>x</p>")


def test_the_same_article_read_twice_is_the_same(enriched: Enriched) -> None:
    assert enriched(title="Judul", body=BODY) == enriched(title="Judul", body=BODY)


@pytest.mark.parametrize(
    ("source", "expected"), [("unknown", "pesisir.com"), ("harian.example", "harian.example")], ids=["none given", "one given"]
)
def test_the_dateline_names_the_source_only_where_none_was_given(enriched: Enriched, source: str, expected: str) -> None:
    assert enriched(source=source, body=f"SEMARANG, PESISIR.com - {BODY}").source == expected


def test_what_the_producer_sent_besides_is_kept(enriched: Enriched) -> None:
    article = enriched(body=BODY, native_id="n-1", extra={"desk": 4}, warnings=[{"code": "clock_ahead", "message": "by 3 s"}])

    assert (article.native_id, article.extra, [warning.code for warning in article.warnings]) == ("n-1", {"desk": 4}, ["clock_ahead"])
