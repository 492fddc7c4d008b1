"""Raw articles out of what a person has at hand: a line of JSON, a page, a text. For use without servers."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal, cast

from kabar_contracts import identity, limits
from kabar_contracts.fields import ArticleStatus
from kabar_contracts.raw import ContentForm, RawArticle
from pydantic import ValidationError

from kabar_enrich.anatomy.storable import storable

Form = Literal["ndjson", "json", "html", "text"]

_FROM_THE_PRODUCER: Final = frozenset(RawArticle.model_fields) - {
    "schema_version",
    "article_id",
    "revision",
    "content_form",
    "received_at",
    "content_sha256",
    "warnings",
    "extra",
}
_OF_AN_ACCEPTED_ARTICLE: Final = frozenset({"article_id", "revision", "content_form", "received_at", "source"})
_HTML: Final = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|article|main|div|p|meta|section|h1)\b", re.IGNORECASE | re.DOTALL
)
_SNIFFED_BYTES: Final = 2_000
FAULTS: Final = 5


class UnreadableArticleError(ValueError):
    """What was given is no raw article; the message says why in one line."""


def sniff_form(head: bytes) -> Form:
    """The form of a file that begins with `head`.

    HTML opens with a tag; NDJSON has lines that are objects by their first and last character, one bad line or two
    among them; JSON opens with a bracket and has no such lines; everything else is text.
    """
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _HTML.match(text[:_SNIFFED_BYTES]):
        return "html"
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    objects = sum(line.startswith(b"{") and (line.endswith(b"}") or line is lines[-1]) and len(line) > 1 for line in lines)
    if objects * 2 >= len(lines) > 0:
        return "ndjson"
    return "json" if text.startswith((b"{", b"[")) else "text"


def from_json(line: bytes, *, url: str | None, now: datetime) -> RawArticle:
    """The raw article in one JSON object. It needs a `body` or `html`, unless it is a takedown.

    An object that was accepted before (it has `article_id`, `revision`, `content_form`, `received_at` and `source`)
    stays what it is. Raises UnreadableArticleError.
    """
    fields = _object(line)
    try:
        if fields.keys() >= _OF_AN_ACCEPTED_ARTICLE:
            return RawArticle.model_validate(fields)
        return _accepted(fields, url=url, content_sha256=identity.sha256_hex(line), now=now)
    except ValidationError as error:
        raise UnreadableArticleError(_faults(error)) from error
    except ValueError as error:
        raise UnreadableArticleError(str(error)) from error


def from_text(text: bytes, *, url: str | None, now: datetime) -> RawArticle:
    """The raw article of a page dump: all the visible text of a page. Raises UnreadableArticleError."""
    try:
        decoded = text.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError as error:
        raise UnreadableArticleError(f"not UTF-8 at byte {error.start}") from error
    return _checked({"body": storable(decoded)}, form=ContentForm.PAGE_DUMP, url=url, content_sha256=identity.sha256_hex(text), now=now)


def from_page(page: bytes, *, url: str | None, now: datetime) -> RawArticle:
    """The raw article of an HTML page, whose bytes go to the enricher beside it. Raises UnreadableArticleError."""
    if len(page) > limits.PAGE_BYTES:
        raise UnreadableArticleError(f"the page has {len(page)} bytes; the limit is {limits.PAGE_BYTES}")
    return _checked({}, form=ContentForm.PAGE, url=url, content_sha256=identity.sha256_hex(page), now=now)


def _checked(fields: dict[str, Any], *, form: ContentForm, url: str | None, content_sha256: str, now: datetime) -> RawArticle:
    try:
        return _article(fields, form=form, url=url, content_sha256=content_sha256, now=now)
    except ValidationError as error:
        raise UnreadableArticleError(_faults(error)) from error
    except ValueError as error:
        raise UnreadableArticleError(str(error)) from error


def _object(line: bytes) -> dict[str, Any]:
    def refuse(word: str) -> None:
        raise ValueError(f"{word} is not JSON")

    try:
        value = json.loads(line.decode("utf-8-sig"), parse_constant=refuse)
    except UnicodeDecodeError as error:
        raise UnreadableArticleError(f"not UTF-8 at byte {error.start}") from error
    except RecursionError as error:
        raise UnreadableArticleError("nested too deeply") from error
    except ValueError as error:
        raise UnreadableArticleError(f"not JSON: {error}") from error
    if not isinstance(value, dict):
        raise UnreadableArticleError("not a JSON object")
    return cast("dict[str, Any]", _with_storable_text(value, depth=0))


def _with_storable_text(value: Any, *, depth: int) -> Any:
    if depth > limits.JSON_DEPTH:
        raise UnreadableArticleError(f"nested more than {limits.JSON_DEPTH} levels deep")
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [_with_storable_text(inner, depth=depth + 1) for inner in value]
    if isinstance(value, dict):
        return {storable(key): _with_storable_text(inner, depth=depth + 1) for key, inner in value.items()}
    return value


def _accepted(fields: Mapping[str, Any], *, url: str | None, content_sha256: str, now: datetime) -> RawArticle:
    known = {key: value for key, value in fields.items() if key in _FROM_THE_PRODUCER and value is not None}
    unknown = {key: value for key, value in fields.items() if key not in _FROM_THE_PRODUCER and key != "extra"}
    given = fields.get("extra")
    extra = {**unknown, **given} if isinstance(given, dict) else {**unknown, **({} if given is None else {"extra": given})}
    if known.get("body"):
        form = ContentForm.ARTICLE
    elif known.get("html"):
        form = ContentForm.HTML
    elif known.get("status") == ArticleStatus.CANCELED:
        form = ContentForm.NONE
    else:
        raise UnreadableArticleError("neither `body` nor `html` has any text")
    return _article({**known, "extra": extra}, form=form, url=url, content_sha256=content_sha256, now=now)


def _article(fields: dict[str, Any], *, form: ContentForm, url: str | None, content_sha256: str, now: datetime) -> RawArticle:
    """The defaults of ingest: source from the host, id and revision by the rules of `kabar_contracts.identity`."""
    merged = {"url": url, **fields}
    provisional = RawArticle.model_validate(
        {
            **merged,
            "article_id": "0" * 32,
            "revision": 0,
            "content_form": form,
            "source": merged.get("source") or (identity.UNKNOWN_SOURCE if merged["url"] is None else identity.host_of(str(merged["url"]))),
            "received_at": now,
            "content_sha256": content_sha256,
        }
    )
    canceled = provisional.status is ArticleStatus.CANCELED
    return provisional.model_copy(
        update={
            "article_id": identity.article_id(
                source=provisional.source,
                native_id=provisional.native_id,
                url=provisional.url,
                # A page without address has no text yet: its bytes stand for it.
                text=provisional.body or provisional.html or content_sha256,
            ),
            "revision": identity.revision(updated_at=None if canceled else provisional.updated_at, accepted_at=now),
        }
    )


def _faults(error: ValidationError) -> str:
    faults = [f"/{'/'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors(include_url=False, include_input=False)]
    more = f"; and {len(faults) - FAULTS} more" if len(faults) > FAULTS else ""
    return "; ".join(faults[:FAULTS]) + more
