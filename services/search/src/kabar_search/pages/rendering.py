"""Templates, and how values are written in them. Everything from an article is escaped."""

import hashlib
import html
import re
from datetime import datetime, tzinfo
from importlib import resources
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from kabar_search.pages import links, words
from kabar_search.pages.words import UiLanguage

_MARKS: Final = re.compile(r"(</?mark>)")


class Pages:
    """Renders the templates of this package."""

    def __init__(self, *, default_language: UiLanguage) -> None:
        self._default_language = default_language
        files = resources.files("kabar_search.pages")
        self.style = (files / "style.css").read_bytes()
        self.icon = (files / "icon.svg").read_bytes()
        self._templates = Environment(
            loader=PackageLoader("kabar_search.pages"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        self._templates.globals.update(
            style_version=hashlib.sha256(self.style).hexdigest()[:12],
            address=links.address,
            web_address=links.web_address,
            host_of=links.host_of,
            name_of=words.name_of,
            language_name=words.language_name,
            ui_names=words.UI_NAMES,
        )
        self._templates.filters.update(marked=marked, with_code=with_code)

    def language_for(self, request: Request) -> UiLanguage:
        """The language of the page: as the URL says, else as the browser prefers, else the default."""
        asked = request.query_params.get("ui")
        for language in words.UI_LANGUAGES:
            if asked == language:
                return language
        return preferred_language(request.headers.get("accept-language", ""), default=self._default_language)

    def render(
        self, template: str, *, request: Request, status: int = 200, headers: dict[str, str] | None = None, **values: Any
    ) -> Response:
        """The page as a response, in the reader's language."""
        ui = self.language_for(request)
        asked = request.query_params.get("ui")
        others = [(name, value) for name, value in request.query_params.multi_items() if name != "ui"]
        page = self._templates.get_template(template).render(
            ui=ui,
            # Links carry the language only when the reader chose it.
            ui_asked=ui if asked == ui else None,
            text=_Texts(ui),
            switches={language: f"{request.url.path}?{links.encoded([*others, ('ui', language)])}" for language in words.UI_LANGUAGES},
            **values,
        )
        return HTMLResponse(page, status_code=status, headers={"cache-control": "no-cache", "vary": "accept-language", **(headers or {})})


class _Texts:
    """The words of one language: `text.search`, `text('articles', count=3)`."""

    def __init__(self, ui: UiLanguage) -> None:
        self._ui = ui

    def __getattr__(self, name: str) -> str:
        try:
            return words.TEXTS[name][self._ui]
        except KeyError:
            raise AttributeError(name) from None

    def __call__(self, name: str, **values: object) -> str:
        return words.TEXTS[name][self._ui].format(**values)


def preferred_language(accept_language: str, *, default: UiLanguage) -> UiLanguage:
    """Indonesian or English, whichever the header `Accept-Language` weighs more; `default` when it has neither."""
    best, best_weight = default, 0.0
    for entry in accept_language[:1_000].split(","):
        tag, _, parameter = entry.partition(";")
        weight = _weight(parameter)
        # `in` is the code of Indonesian before 1989, which some phones still send.
        primary = {"in": "id"}.get(tag.strip().lower().partition("-")[0], tag.strip().lower().partition("-")[0])
        for language in words.UI_LANGUAGES:
            if primary == language and weight > best_weight:
                best, best_weight = language, weight
    return best


def _weight(parameter: str) -> float:
    value = parameter.strip().removeprefix("q=")
    try:
        return float(value) if value else 1.0
    except ValueError:
        return 0.0


def marked(fragment: str) -> Markup:
    """A highlight as markup: `<mark>` stays, and all else is escaped here again, whatever the index answered."""
    return Markup("").join(
        Markup(part) if _MARKS.fullmatch(part) else escape(html.unescape(part))  # noqa: S704 - only our two tags pass unescaped
        for part in _MARKS.split(fragment)
    )


def with_code(text: str) -> Markup:
    """`text` with what stands between backticks as code."""
    parts = text.split("`")
    return Markup("").join(Markup("<code>{}</code>").format(part) if index % 2 else escape(part) for index, part in enumerate(parts))


def moment_text(moment: str, *, zone: tzinfo, ui: UiLanguage) -> str:
    """A stored moment as people write it, in `zone`."""
    there = datetime.fromisoformat(moment).astimezone(zone)
    zone_name = there.tzname() or ""
    day = f"{there.day} {words.MONTHS[ui][there.month - 1]} {there.year}"
    clock = f"{there:%H.%M}" if ui == "id" else f"{there:%H:%M}"
    # Zones without letters of their own are named +03 and the like.
    return f"{day}, {clock} {'UTC' + zone_name if zone_name[:1] in '+-' else zone_name}"


def number_text(number: int, *, ui: UiLanguage) -> str:
    """A number with its thousands grouped."""
    return f"{number:,}".replace(",", ".") if ui == "id" else f"{number:,}"
