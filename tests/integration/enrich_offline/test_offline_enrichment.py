"""Enriching files and pipes, with real processes and no server."""

import datetime as dt
import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from kabar_contracts import identity
from kabar_contracts.enriched import EnrichedArticle
from kabar_enrich import offline
from kabar_enrich.offline import run_offline

NOW = dt.datetime(2025, 9, 10, 12, tzinfo=dt.UTC)
BODY = "Mercusuar tua di ujung tanjung menyala kembali pada Sabtu malam. Para nelayan mengumpulkan iuran."
HTML = f"<html><head><title>Mercusuar</title></head><body><p>{BODY}</p></body></html>"


@dataclass
class Run:
    code: int
    articles: list[EnrichedArticle]
    messages: list[str]


Runner = Callable[..., Run]


@pytest.fixture
def run(tmp_path: Path) -> Runner:
    def enrich(*contents: bytes, form: str = "auto", url: str | None = None, workers: int = 1, name: str = "input") -> Run:
        paths = []
        for number, content in enumerate(contents):
            path = tmp_path / f"{name}-{number}"
            path.write_bytes(content)
            paths.append(path)
        out, err = io.BytesIO(), io.StringIO()
        code = run_offline(paths, form=form, url=url, out=out, err=err, now=lambda: NOW, workers=workers)
        articles = [EnrichedArticle.model_validate_json(line) for line in out.getvalue().splitlines()]
        return Run(code, articles, err.getvalue().splitlines())

    return enrich


def ndjson(articles: Iterable[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(article).encode() + b"\n" for article in articles)


def test_articles_come_out_in_the_order_they_went_in(run: Runner) -> None:
    given = [{"native_id": f"n-{number}", "source": "a.example", "body": BODY if number % 3 else f"{BODY} " * 40} for number in range(150)]

    result = run(ndjson(given), workers=2)

    assert result.code == offline.OK
    assert [article.native_id for article in result.articles] == [article["native_id"] for article in given]


def test_a_line_that_cannot_be_read_is_named_and_the_rest_goes_on(run: Runner) -> None:
    good = ndjson([{"body": BODY}])

    result = run(
        good + b"nope\n\n" + b'{"title": "x"}\n' + b'{"body": "x", "url": "ftp://x", "authors": 3}\n' + good.rstrip(), form="ndjson"
    )

    assert (result.code, len(result.articles)) == (offline.PARTIAL, 2)
    assert [message.split(": ")[0][-6:] for message in result.messages] == ["line 2", "line 4", "line 5"]
    assert "/url" in result.messages[2]
    assert "/authors" in result.messages[2]


def test_a_line_may_carry_html_in_place_of_a_body(run: Runner) -> None:
    article = run(ndjson([{"html": HTML, "url": "https://www.pesisir.example/1"}])).articles[0]

    assert (article.body, article.title, article.source) == (BODY, "Mercusuar", "pesisir.example")


def test_the_id_is_the_one_that_ingest_would_give(run: Runner) -> None:
    article = run(ndjson([{"body": BODY, "url": "https://pesisir.example/1?utm_source=x"}])).articles[0]

    assert article.article_id == identity.article_id(source="pesisir.example", native_id=None, url="https://pesisir.example/1", text="")
    assert article.revision == identity.milliseconds(NOW)


def test_unknown_fields_are_kept_in_extra(run: Runner) -> None:
    assert run(ndjson([{"body": BODY, "desk": "kota", "extra": {"n": 1}}])).articles[0].extra == {"desk": "kota", "n": 1}


def test_an_accepted_article_keeps_its_id(run: Runner) -> None:
    accepted = {
        "article_id": "c" * 32,
        "revision": 7,
        "content_form": "article",
        "received_at": "2025-01-01T00:00:00Z",
        "source": "a.example",
        "body": BODY,
    }

    article = run(ndjson([accepted])).articles[0]

    assert (article.article_id, article.revision) == ("c" * 32, 7)


def test_text_that_cannot_be_stored_does_not_stop_an_article(run: Runner) -> None:
    article = run(b'{"body": "Sebuah \\ud800 kalimat \\u0000 pendek."}\n').articles[0]

    assert article.source_text == "Sebuah \ufffd kalimat \ufffd pendek."


@pytest.mark.parametrize(
    ("content", "form"),
    [
        (json.dumps({"body": BODY}, indent=1).encode(), "auto"),
        (json.dumps([{"body": BODY}]).encode(), "auto"),
        (ndjson([{"body": BODY}]), "auto"),
        (b"\xef\xbb\xbf" + ndjson([{"body": BODY}]), "auto"),
        (HTML.encode(), "auto"),
        (BODY.encode(), "auto"),
        (BODY.encode(), "text"),
    ],
    ids=["json", "list", "ndjson", "byte order mark", "html", "text", "told"],
)
def test_the_form_of_a_file_is_told_from_its_content(run: Runner, content: bytes, form: str) -> None:
    result = run(content, form=form)

    assert (result.code, [article.body for article in result.articles]) == (offline.OK, [BODY])


def test_an_address_for_all_articles_that_name_none_gives_their_source(run: Runner) -> None:
    assert run(BODY.encode(), url="https://www.pesisir.example/1").articles[0].source == "pesisir.example"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b'{"body": "x", "a": ' + b"[" * 50 + b"]" * 50 + b"}", "nested"),
        (b'{"body": NaN}', "NaN is not JSON"),
        (b'{"body": "x", "published_at": "2025-01-01T00:00:00"}', "/published_at"),
        (b'{"body": "\xff"}', "not UTF-8"),
        (b'{"url": "https://x.example/"}', "neither"),
    ],
)
def test_every_failure_has_a_reason(run: Runner, content: bytes, reason: str) -> None:
    result = run(content)

    assert (result.code, result.articles) == (offline.PARTIAL, [])
    assert reason in result.messages[0]


def test_a_line_that_is_too_long_is_passed_over(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offline, "LINE_BYTES", 200_000)
    good = ndjson([{"body": BODY}])

    result = run(good + b'{"body": "' + b"x" * 3_000_000 + b'"}\n' + good, form="ndjson")

    assert (result.code, len(result.articles)) == (offline.PARTIAL, 2)
    assert "line 2: is longer than 200000 bytes" in result.messages[0]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    err = io.StringIO()

    code = run_offline([tmp_path / "none"], form="auto", url=None, out=io.BytesIO(), err=err, now=lambda: NOW)

    assert code == offline.PARTIAL
    assert "cannot be read" in err.getvalue()


def test_standard_input_is_read_where_no_file_is_named() -> None:
    out = io.BytesIO()

    code = run_offline(
        [None], form="auto", url=None, out=out, err=io.StringIO(), now=lambda: NOW, stdin=io.BytesIO(ndjson([{"body": BODY}]))
    )

    assert code == offline.OK
    assert EnrichedArticle.model_validate_json(out.getvalue()).body == BODY


def test_another_form_is_refused() -> None:
    with pytest.raises(ValueError, match="auto, ndjson, json, html, text"):
        run_offline([], form="xml", url=None, out=io.BytesIO(), err=io.StringIO(), now=lambda: NOW)


def test_importing_the_enricher_loads_no_heavy_library() -> None:
    code = "import sys, kabar_enrich.enrichment, kabar_enrich.offline; print(*sorted(sys.modules))"

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    assert not {"wordfreq", "py3langid", "numpy", "ftfy", "stopwordsiso", "faststream", "redis", "structlog"} & set(loaded)
