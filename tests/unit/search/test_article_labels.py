"""The labels for machines on an article's page: what the article says, where there is one term for it, and nothing else."""

from datetime import UTC
from typing import Any

import pytest
from articles import NOON
from assertions import asserted
from kabar_contracts.disclosure.assertion import Assertion
from kabar_contracts.disclosure.mapping import MAPPING_VERSION
from kabar_contracts.disclosure.record import disclosure_of
from kabar_search.answers import counts
from kabar_search.pages.labels import UNLABELLED, labels_of
from kabar_search.pages.reading import reading_view
from kabar_search.pages.rendering import Pages
from starlette.requests import Request

CTAM = "https://schema.org/CompositeWithTrainedAlgorithmicMediaDigitalSource"
TAM = "https://schema.org/TrainedAlgorithmicMediaDigitalSource"
REVIEWED: dict[str, Any] = {"human_review": {"claim": "human_validated"}}


def stored(*assertions: Assertion, **changes: Any) -> dict[str, Any]:
    record = disclosure_of(
        assertions, channels_assessed=["body_text", "html_meta"], detector_version="test", assessed_at=NOON, text_sha256="0" * 64
    )
    facts = {"article_id": "0" * 32, "title": "Pelabuhan", "language": "id", "url": "https://warta.example/1", "source": "warta.example"}
    times = {"published_at": "2026-05-04T12:00:00Z", "received_at": "2026-05-04T12:00:00Z"}
    return facts | times | {"ai_disclosure": record.model_dump(mode="json") | changes}


def test_one_term_for_the_text_stands_at_the_article() -> None:
    labels = labels_of(stored(asserted("translated", **REVIEWED)))

    assert labels.w3c == "ai-assisted"
    assert labels.json_ld == {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": "Pelabuhan",
        "url": "https://warta.example/1",
        "inLanguage": "id",
        "datePublished": "2026-05-04T12:00:00Z",
        "digitalSourceType": CTAM,
    }


def test_what_is_said_of_the_audio_stands_at_the_audio_and_says_nothing_of_the_text() -> None:
    labels = labels_of(stored(asserted("voiced", "audio")))

    assert labels.w3c is None
    assert labels.json_ld is not None
    assert "digitalSourceType" not in labels.json_ld
    assert labels.json_ld["audio"] == {"@type": "AudioObject", "digitalSourceType": TAM}


def test_text_and_audio_each_have_their_own_term() -> None:
    labels = labels_of(stored(asserted("translated", **REVIEWED), asserted("voiced", "audio")))

    assert labels.json_ld is not None
    assert (labels.json_ld["digitalSourceType"], labels.json_ld["audio"]["digitalSourceType"]) == (CTAM, TAM)


@pytest.mark.parametrize(
    "assertions",
    [
        (),
        (asserted("translated"),),
        (asserted("illustrated", "image"),),
        (asserted("translated", modality="hedged", **REVIEWED),),
        (asserted("generated", scope_level="quoted"),),
        (asserted("transcribed"),),
        (asserted("summarised", "summary_box", **REVIEWED),),
    ],
    ids=["nothing", "review unknown", "picture", "hedged", "quoted", "process", "box"],
)
def test_what_is_no_exact_statement_of_the_article_has_no_label(assertions: tuple[Assertion, ...]) -> None:
    assert labels_of(stored(*assertions)) == UNLABELLED


def test_two_terms_for_one_text_are_no_label() -> None:
    labels = labels_of(stored(asserted("translated", **REVIEWED), asserted("generated", **REVIEWED)))

    assert labels.json_ld is None


def test_a_conflict_is_not_resolved_by_a_label() -> None:
    denial = asserted("none", polarity="denied", channel="html_meta")

    assert labels_of(stored(asserted("translated", **REVIEWED), denial)) == UNLABELLED


@pytest.mark.parametrize("changes", [{"mapping_version": MAPPING_VERSION + 1}, {"assertions": [{"id": "a1", "activity": "dreamt"}]}])
def test_a_record_of_another_release_has_no_label(changes: dict[str, Any]) -> None:
    assert labels_of(stored(asserted("voiced", "audio"), **changes)) == UNLABELLED


def test_an_article_without_a_record_has_no_label() -> None:
    assert labels_of({"title": "Pelabuhan"}) == UNLABELLED


def test_a_hostile_title_stays_within_its_script() -> None:
    article = stored(asserted("voiced", "audio")) | {
        "title": "</script><script>alert(1)</script>",
        "body": "",
        "authors": [],
        "editors": [],
    }
    article |= {"lead": None, "section": None}
    request = Request({"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []})

    page = bytes(Pages(default_language="en").render("article.html", request=request, **reading_view(article, zone=UTC, ui="en")).body)

    assert page.count(b"<script") == page.count(b"</script>") == 1
    assert b"alert(1)</script>" not in page


def test_a_content_credential_that_is_merely_there_does_not_count() -> None:
    present = asserted("unspecified", "unspecified", channel="c2pa").model_dump(mode="json")

    assert not counts(present)
    assert counts(asserted("generated", channel="c2pa").model_dump(mode="json"))
