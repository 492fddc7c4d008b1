"""What the README tells clients in other languages is true."""

import re
import shlex
from pathlib import Path
from typing import Final

import pytest
from kabar_contracts import entry, identity, limits
from kabar_contracts.raw import RawArticle
from kabar_contracts.streams import RAW

README: Final = (Path(__file__).resolve().parents[2] / "shared" / "contracts" / "README.md").read_text(encoding="utf-8")


def _block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_command_puts_a_valid_article_on_the_stream() -> None:
    command, stream, new_id, *pairs = shlex.split(_block("sh").replace("\\\n", ""))[1:]
    fields = {name.encode(): value.encode() for name, value in zip(pairs[::2], pairs[1::2], strict=True)}

    received = entry.decode(fields)
    article = RawArticle.model_validate_json(received.data)

    assert (command, stream, new_id) == ("XADD", RAW.name, "*")
    assert (received.article_id, received.revision) == (article.article_id, article.revision)
    assert article.article_id == identity.article_id(source=article.source, native_id=None, url=article.url, text="")
    assert article.revision == identity.revision(updated_at=None, accepted_at=article.received_at)


def test_the_worked_ids_are_what_the_snippet_and_the_package_compute() -> None:
    exec(_block("python"), {})  # noqa: S102  # the snippet asserts its own numbers

    native = identity.article_id(source="warta.example", native_id="88213", url=None, text="")
    by_url = identity.article_id(source="warta.example", native_id=None, url="https://warta.example/pasar-tanjungsari", text="")
    by_text = identity.article_id(source="warta.example", native_id=None, url=None, text="Pasar buka lagi.")

    assert all(f'"{article_id}"' in _block("python") for article_id in (native, by_url, by_text))


@pytest.mark.parametrize(("url", "expected"), re.findall(r"^\| `(https?://[^`]+)` \| `([^`]+)` \|$", README, re.MULTILINE))
def test_a_normal_form_in_the_table_is_right(url: str, expected: str) -> None:
    assert identity.normalized_url(url) == expected


def test_the_worked_version_is_right() -> None:
    worked = re.search(r"(\d{13}) and generation (\d+) give (\d+)", README)

    assert worked is not None
    assert identity.document_version(revision=int(worked[1]), generation=int(worked[2])) == int(worked[3])


def test_the_limits_are_right() -> None:
    assert f"at most {limits.DATA_BYTES // 1024**2} MiB" in README
    assert f"at most {limits.PAGE_BYTES // 1024**2} MiB" in README
