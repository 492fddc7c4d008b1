"""Whatever a page, a text or a date holds: an article comes of it that its reader takes, within a second, and no enricher fails."""

import time
from datetime import UTC, datetime
from typing import Final

import orjson
import pytest
from articles import raw_article
from hostile_pages import PAGES, TEXTS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kabar_contracts.enriched import EnrichedArticle
from kabar_contracts.raw import ContentForm
from kabar_enrich.anatomy.moments import date_in, machine_stamp, span_of_date, stamps_in
from kabar_enrich.anatomy.origin import Origin
from kabar_enrich.enrichment import enrich_article
from kabar_enrich.reading import warm_up
from rounds import MINUTES, repeat

NOW: Final = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
LONGEST_S: Final = 1.0
SHARE: Final = 1 / 6
"""Of the time of all, for each of three properties: disclosures have the other half."""
# The same examples each time, unless there is time for others. A busy machine is no failure: CPU seconds are measured.
steady = settings(
    deadline=None,
    max_examples=100,
    derandomize=MINUTES == 0,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    print_blob=True,
)

anything = st.text(st.characters(codec="utf-8"), max_size=60)
SPACES: Final = ["\n", "\n\n", " ", "\u00a0", "\u2028", "\r\n", "\t", "\u3000"]
ODD: Final = ["\ufeff", "\u200b", "\u202e", "\u0301", "\x00", "\x85", "İ", "ß", "\U0001f600", "१२", "٣"]
PROSE: Final = [
    "Wali kota meresmikan jembatan baru itu pada Senin pagi, kata juru bicaranya.",
    "The mayor said so on Monday.",
    "新闻报道记者。",
]
PARTS: Final = [
    "Oleh: Aaa Bbb",
    "Editor:",
    "By Jane Doe",
    "(Foto: Antara)",
    "Baca juga: ",
    "JAKARTA, KOMPAS.com - ",
    "“Ya,” kata ",
    "»Nein«, sagte ",
]
bait = st.sampled_from([kind.piece for kind in (*PAGES.values(), *TEXTS.values()) if isinstance(kind.piece, str)])
months = st.sampled_from(["Jan", "Februari", "März", "août", "ธ.ค.", "月", "يناير", "мая", "aaa"])
numbers = st.integers(-1, 99_999).map(str) | st.sampled_from(
    ["31", "2026", "00", "24:00", "1e9", "٣١", "\uff11\uff12", "²", "1764300000", "9" * 30]
)
marks = st.sampled_from([" ", "/", ".", "-", ":", ", ", "T", "Z", "+07:00", " WIB", " PM", "年", "日", "(", ")", " pukul ", "+99:99"])
dates = st.lists(numbers | marks | months, max_size=14).map("".join)
pieces = st.sampled_from([*SPACES, *ODD, *PROSE, *PARTS]) | bait | dates | anything
texts = st.lists(pieces, max_size=25).map("".join)
floods = st.tuples(pieces, st.integers(1, 300)).map(lambda of: of[0] * of[1])

NAMES: Final = """
    html head body title meta link article main section header footer nav aside div p span a b h1 h2 ul li table tr td time figure
    figcaption blockquote q pre br img script style template svg math noscript iframe form select textarea x-y
"""
names = st.sampled_from(NAMES.split())
ATTRIBUTES: Final = "class id hidden style lang href datetime itemprop rel content name property charset"
VALUES: Final = """
    article-body story author byline date related comments nav articleBody datePublished headline og:title article:published_time canonical
    display:none utf-16 id-ID zz
"""
values = st.sampled_from(VALUES.split()) | dates | anything
quotes = st.sampled_from(["'", '"', ""])
attributes = st.lists(st.builds(" {}={}{}{}".format, st.sampled_from(ATTRIBUTES.split()), quotes, values, quotes), max_size=4)
openings = st.builds(lambda name, told: f"<{name}{''.join(told)}>", names, attributes)
closings = st.builds("</{}>".format, names)
entities = st.sampled_from(["&amp;", "&#0;", "&#x110000;", "&nbsp", "&", "<!--", "-->", "<![CDATA[", "]]>", "<!DOCTYPE", "<?", "</", "<"])
json_names = st.sampled_from(["@type", "@graph", "@id", "author", "name", "datePublished", "articleBody", "headline"])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.sampled_from(["NewsArticle", "Person"]) | dates | anything,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(json_names, inner, max_size=4),
    max_leaves=8,
)
scripts = json_values.map(lambda value: f'<script type="application/ld+json">{orjson.dumps(value).decode()}</script>')
elements = st.recursive(
    texts, lambda inner: st.builds(lambda start, of, end: f"{start}{of}{end}", openings, inner, closings), max_leaves=12
)
pages = st.lists(elements | scripts | openings | closings | entities | pieces | floods, max_size=15).map("".join)


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """What every process loads once is no part of an article's time."""
    warm_up()
    for form in (ContentForm.PAGE_DUMP, ContentForm.ARTICLE):
        article_of("Artikel ini dibuat dengan AI. 新闻报道记者。", form)
    article_of("<p>Artikel ini dibuat dengan AI. 新闻报道记者。".encode(), ContentForm.PAGE)


def article_of(content: bytes | str, form: ContentForm) -> EnrichedArticle:
    """What comes of a page, or of a text."""
    page = content if isinstance(content, bytes) else None
    raw = raw_article(1, content_form=form, title=None, body=None if page is not None else content)
    return enrich_article(raw, page=page, page_content_type=None, now=NOW)


def read(content: bytes | str, form: ContentForm) -> None:
    """Read it, within a second."""
    began = time.process_time()
    article = article_of(content, form)
    taken = time.process_time() - began

    assert taken < LONGEST_S, f"{taken:.2f} s"
    assert [warning for warning in article.warnings if warning.code == "enricher_failed"] == []
    assert EnrichedArticle.model_validate_json(article.model_dump_json()) == article


def test_any_page_makes_an_article() -> None:
    encoded = st.tuples(pages, st.sampled_from(["utf-8", "utf-16", "utf-16-le", "utf-32", "utf-7"])).map(lambda of: of[0].encode(of[1]))

    @steady
    @given(encoded | st.binary(max_size=300))
    def holds(page: bytes) -> None:
        read(page, ContentForm.PAGE)

    repeat(holds, share=SHARE)


def test_any_text_makes_an_article() -> None:
    @steady
    @given(st.lists(texts | floods, max_size=4).map("\n".join), st.sampled_from([ContentForm.ARTICLE, ContentForm.PAGE_DUMP]))
    def holds(text: str, form: ContentForm) -> None:
        read(text, form)

    repeat(holds, share=SHARE)


def test_any_date_is_read_or_left_in_its_place() -> None:
    origins = st.builds(
        Origin,
        language=st.sampled_from([None, "id", "en-US", "th", "zh", "ar", "xx"]),
        country=st.sampled_from([None, "ID", "US", "TH", "ZZ"]),
        zone=st.sampled_from([None, UTC]),
        received_at=st.sampled_from([None, NOW]),
        address_day=st.none() | st.dates(),
    )

    @steady
    @given(dates | texts, origins)
    def holds(text: str, origin: Origin) -> None:
        began = time.process_time()
        stamps = stamps_in(text, origin=origin)
        machine_stamp(text, origin=origin)
        span = span_of_date(text)
        day = date_in(text, reference=NOW.date())
        taken = time.process_time() - began

        assert taken < LONGEST_S, f"{taken:.2f} s"
        assert all(stamp.text in text for stamp in stamps)
        assert all(stamp.moment is None or stamp.moment.utcoffset() == UTC.utcoffset(None) for stamp in stamps)
        assert span is None or 0 <= span[0] < span[1] <= len(text)
        assert day is None or span is not None

    repeat(holds, share=SHARE)
