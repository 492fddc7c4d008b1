"""From what a producer sent to the raw article that goes on, or to all that is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from kabar_contracts import identity, limits
from kabar_contracts.fields import ArticleStatus, ArticleWarning
from kabar_contracts.raw import ContentForm, RawArticle
from pydantic import ValidationError

from kabar_ingest import field_faults
from kabar_ingest.json_text import parsed_object
from kabar_ingest.problems import Fault, invalid

ASSIGNED: Final = frozenset(
    {"schema_version", "article_id", "revision", "received_at", "page_headers", "content_sha256", "warnings", "extra"}
)
"""Fields that ingest fills in. A producer's field of that name is kept like any unknown one, in `extra`."""
PRODUCER_FIELDS: Final = frozenset(RawArticle.model_fields) - ASSIGNED
_TIMES: Final = ("published_at", "updated_at")
_TEXT_FORMS: Final = ("article", "page_dump")
_TAKEDOWN_FIELDS: Final = frozenset({"source", "native_id", "url", "reason"})
_NO_ID: Final = "0" * 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """The place that a producer gave an article: the publication and the producer's own id."""

    source: str
    native_id: str


def read_article(content: bytes, *, accepted_at: datetime, address: Address | None = None) -> RawArticle:
    """The raw article in one JSON object, with its id and revision. `address` is the one in the path of a PUT.

    Null means the same as a field left out. `status: canceled` makes a takedown, which carries no text.
    Raises ProblemError with every fault that was found.
    """
    known: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    for name, value in parsed_object(content).items():
        if name not in PRODUCER_FIELDS:
            extra[name] = value
        elif value is not None:
            known[name] = value
    faults = [*_take_address(known, address), *_take_times(known)]
    if extra and (size_bytes := len(orjson.dumps(extra))) > limits.EXTRA_BYTES:
        faults.append(field_faults.extra_too_large(size_bytes))
    if known.get("status") == ArticleStatus.CANCELED:
        return _takedown_of(known, faults, accepted_at=accepted_at)
    faults += _missing_parts(known)
    form = _content_form(known, faults)
    return raw_article(
        {**known, "content_form": form, "content_sha256": identity.sha256_hex(content), "extra": extra},
        text=_text_of(known),
        accepted_at=accepted_at,
        faults=faults,
    )


def takedown(
    *, source: str | None, native_id: str | None, url: str | None, reason: str | None, accepted_at: datetime, text: str = ""
) -> RawArticle:
    """The message that takes an article down; it wins over everything accepted before. Raises ProblemError."""
    fields = {"source": source, "native_id": native_id, "url": url, "reason": reason}
    return raw_article(
        {
            **{name: value for name, value in fields.items() if value is not None},
            "status": ArticleStatus.CANCELED,
            "content_form": ContentForm.NONE,
        },
        text=text,
        accepted_at=accepted_at,
    )


def raw_article(fields: dict[str, Any], *, text: str, accepted_at: datetime, faults: list[Fault] | None = None) -> RawArticle:
    """The raw article of these fields, with source, id, revision and warnings filled in.

    `text` gives the id where there is neither a native id nor a URL. `faults` are those found already.
    Raises ProblemError with these and all that the contract finds.
    """
    found = [] if faults is None else faults
    if "source" not in fields:
        _derive_source(fields, found)
    try:
        article = RawArticle.model_validate({**fields, "article_id": _NO_ID, "revision": 0, "received_at": accepted_at})
    except ValidationError as error:
        known = {fault.pointer for fault in found}
        raise invalid([*found, *(fault for fault in field_faults.faults_of(error) if fault.pointer not in known)]) from error
    article_id = _NO_ID
    try:
        article_id = identity.article_id(source=article.source, native_id=article.native_id, url=article.url, text=text)
        if article.url is not None and article.native_id is not None:
            identity.normalized_url(article.url)
    except ValueError as error:
        if not any(fault.pointer == "/url" for fault in found):
            found.append(_bad_host(error))
    if found:
        raise invalid(found)
    # Nobody else holds it yet, so it may be completed in place: to copy it takes half as long as to validate it.
    article.__dict__.update(
        article_id=article_id,
        revision=identity.revision(updated_at=article.updated_at, accepted_at=accepted_at),
        warnings=tuple(_warnings(article, accepted_at=accepted_at)),
    )
    return article


def _take_address(known: dict[str, Any], address: Address | None) -> list[Fault]:
    if address is None:
        return []
    faults = []
    for name, value in (("source", address.source), ("native_id", address.native_id)):
        if known.setdefault(name, value) != value:
            message = f"The body says {name} {known[name]!r:.80}, the path says {value!r:.80}."
            hint = "Leave it out of the body, or send the same."
            faults.append(Fault(code="conflict", message=message, hint=hint, pointer=f"/{name}"))
            known[name] = value
    return faults


def _take_times(known: dict[str, Any]) -> list[Fault]:
    # pydantic would take a number, or a text of digits, for seconds or milliseconds since 1970 and guess which.
    faults = []
    for name in _TIMES:
        value = known.get(name)
        if value is None:
            continue
        if not isinstance(value, str):
            faults.append(field_faults.wrong_type(f"/{name}", wanted="a string with a date and a time", value=value))
        elif "-" not in value[1:]:
            faults.append(field_faults.bad_time(f"/{name}"))
        else:
            continue
        del known[name]
    return faults


def _missing_parts(known: Mapping[str, Any]) -> list[Fault]:
    faults = []
    if "url" not in known and "source" not in known:
        hint = "Send the address of the article; one without an address needs `source`."
        faults.append(_missing("url", hint))
    if "body" not in known and "html" not in known:
        faults.append(_missing("body", "Send the text in `body`, or HTML in `html`."))
    if "title" not in known and "html" not in known and known.get("content_form") != ContentForm.PAGE_DUMP:
        faults.append(_missing("title", "Send the headline. Only a page (`html`, or `content_form` `page_dump`) has it inside."))
    for name in ("title", "body", "html"):
        value = known.get(name)
        if isinstance(value, str) and (not value or value.isspace()):
            faults.append(Fault(code="empty", message="The text is empty.", hint="Send the text.", pointer=f"/{name}"))
    if "body" in known and "html" in known:
        message = "There are both `body` and `html`, so it is not clear which is the text."
        faults.append(Fault(code="conflict", message=message, hint="Send one of them.", pointer="/html"))
    return faults


def _missing(name: str, hint: str) -> Fault:
    return Fault(code="missing_field", message=f"The field {name} is missing.", hint=hint, pointer=f"/{name}")


def _content_form(known: Mapping[str, Any], faults: list[Fault]) -> str:
    fitting = ("html",) if "html" in known else _TEXT_FORMS
    form = known.get("content_form", fitting[0])
    if form in fitting:
        return str(form)
    message = f"The form {form!r:.40} does not fit: with this text it is {' or '.join(fitting)}."
    faults.append(Fault(code="not_allowed", message=message, hint="Leave it out, or send one that fits.", pointer="/content_form"))
    return fitting[0]


def _text_of(known: Mapping[str, Any]) -> str:
    text = known.get("html", known.get("body"))
    return text if isinstance(text, str) else ""


def _takedown_of(known: Mapping[str, Any], faults: list[Fault], *, accepted_at: datetime) -> RawArticle:
    if "url" not in known and "source" not in known:
        faults.append(_missing("url", "Say which article: `url`, or `source` and `native_id`."))
    elif "url" not in known and "native_id" not in known and not _text_of(known):
        faults.append(_missing("native_id", "Say which article of the source: `native_id`, `url`, or its `body`."))
    fields = {name: value for name, value in known.items() if name in _TAKEDOWN_FIELDS}
    return raw_article(
        {**fields, "status": ArticleStatus.CANCELED, "content_form": ContentForm.NONE},
        text=_text_of(known),
        accepted_at=accepted_at,
        faults=faults,
    )


def _derive_source(fields: dict[str, Any], faults: list[Fault]) -> None:
    url = fields.get("url")
    # Any name will do here: the fault that stands already keeps the article from going on.
    fields["source"] = identity.UNKNOWN_SOURCE
    if isinstance(url, str):
        try:
            fields["source"] = identity.host_of(url)
        except ValueError as error:
            if url.lower().startswith(("http://", "https://")):
                faults.append(_bad_host(error))


def _bad_host(error: ValueError) -> Fault:
    message = f"The URL names no host that can exist: {error}."
    return Fault(code="bad_url", message=message, hint="Send the address at which people read the article.", pointer="/url")


def _warnings(article: RawArticle, *, accepted_at: datetime) -> list[ArticleWarning]:
    warnings = list(article.warnings)
    if article.updated_at is not None and article.updated_at > accepted_at:
        message = f"updated_at is {article.updated_at - accepted_at} ahead of our clock; the time of acceptance orders this revision."
        warnings.append(ArticleWarning(code="clock_ahead", message=message, pointer="/updated_at"))
    if article.native_id is None and article.url is None:
        message = "Without native_id and url the text itself is the identity: a corrected text will be another article."
        warnings.append(ArticleWarning(code="identity_by_text", message=message))
    return warnings
