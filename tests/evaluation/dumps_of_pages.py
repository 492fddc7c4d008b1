"""How well dumps of news pages are read: all the visible text of a page in order, laid out as scrapers and mail programs do.

The pages, their gold, the measure and the third of the publishers that no rule is tuned on are those of `pages_of_news`.
`text_f1_<set>` is of paragraphs with blank lines between; `text_f1_<layout>` is of all pages in another layout.
"""

import quopri
import textwrap
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Final

from kabar_contracts.enriched import EnrichedArticle
from kabar_contracts.raw import ContentForm
from kabar_enrich import enrichment
from kabar_enrich.anatomy.storable import storable
from kabar_enrich.decoding import decode_page
from kabar_enrich.disclosure.enricher import assess_disclosure
from kabar_enrich.enrichers.keywords import tag_keywords
from kabar_enrich.enrichers.quotes import find_quotes
from kabar_enrich.markup.page import read_page
from pages_of_news import NOW, SETS, Row, figures_of, held_out, page_bytes, raw_of, rows_of

COLUMN: Final = 72
_NO_PART_IN_THE_BODY: Final = (find_quotes, tag_keywords, assess_disclosure)
READERS: Final = tuple(enricher for enricher in enrichment.ENRICHERS if enricher not in _NO_PART_IN_THE_BODY)


def _wrapped(text: str, *, column: int = COLUMN) -> list[str]:
    return [textwrap.fill(line, column, break_long_words=False, break_on_hyphens=False) for line in text.split("\n\n")]


def _mailed(text: str) -> str:
    """`text` as the body of a mail: header lines, lines wrapped, a signature."""
    head = "From: desk@example.org\nTo: wire@example.org\nSubject: for your desk\nContent-Type: text/plain; charset=utf-8"
    return "\n\n".join([head, *_wrapped(text)]) + "\n\n-- \nThe night desk\nPhone 555 0100\n"


LAYOUTS: Final[dict[str, Callable[[str], str]]] = {
    "blank_lines": lambda text: text,
    "single_line_ends": lambda text: text.replace("\n\n", "\n"),
    "crlf": lambda text: text.replace("\n", "\r\n"),
    "many_blank_lines": lambda text: text.replace("\n\n", "\n \n\n\n"),
    "wrapped": lambda text: "\n\n".join(_wrapped(text)),
    "wrapped_without_blank_lines": lambda text: "\n".join(_wrapped(text)),
    "quoted": lambda text: "".join(f"> {line}\n" for line in "\n\n".join(_wrapped(text, column=COLUMN - 2)).split("\n")),
    "quoted_printable": lambda text: quopri.encodestring(text.encode()).decode(),
    "mailed": _mailed,
    "one_line": lambda text: text.replace("\n", " "),
}
"""Name -> what it makes of paragraphs with a blank line between."""


def measure(eval_dir: Path, *, layouts: Collection[str] = tuple(LAYOUTS)) -> dict[str, float]:
    """Text F1 by set and by layout, and each with `_held_out`."""
    dumps = [(row, dump_of(eval_dir, row)) for row in rows_of(eval_dir)]
    figures: dict[str, float] = {}
    for layout in layouts:
        lay_out = LAYOUTS[layout]
        found = [(row, enriched_dump(row, lay_out(text))) for row, text in dumps]
        names = [(f"text_f1_{name}", [name]) for name in SETS if layout == "blank_lines"]
        for name, sets in (*names, (f"text_f1_{layout}", list(SETS))):
            pairs = [(row, article) for row, article in found if row["set"] in sets]
            figures.update(_with_held_out(name, eval_dir, pairs))
    return figures


def dump_of(eval_dir: Path, row: Row) -> str:
    """All visible text of the page, a blank line between its pieces."""
    return read_page(storable(decode_page(page_bytes(eval_dir, row), content_type="text/html"))).text


def enriched_dump(row: Row, text: str) -> EnrichedArticle:
    """What becomes of a dump of the page, as far as its body goes."""
    raw = raw_of(row, content_form=ContentForm.PAGE_DUMP, url=row["url"], body=text)
    return enrichment.enrich_article(raw, page=None, page_content_type=None, now=NOW, enrichers=READERS)


def _with_held_out(name: str, eval_dir: Path, pairs: list[tuple[Row, EnrichedArticle]]) -> Iterator[tuple[str, float]]:
    apart = [(row, article) for row, article in pairs if held_out(row)]
    for key, each in ((name, pairs), (f"{name}_held_out", apart)):
        yield key, round(figures_of(eval_dir, each)["text_f1"], 4)
