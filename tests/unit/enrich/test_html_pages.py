import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from kabar_contracts.enriched import BlockKind, Caption, EnrichedArticle, PageKind

Enriched = Callable[..., EnrichedArticle]
URL = "https://www.pesisir.example/daerah/123/mercusuar-menyala"
PARAGRAPHS = (
    "Mercusuar tua di ujung tanjung menyala kembali pada Sabtu malam setelah padam selama dua tahun penuh.",
    "Para nelayan mengumpulkan iuran untuk membeli lampu baru dan memperbaiki tangga yang sudah lapuk dimakan garam.",
    "Kepala desa berharap pemerintah ikut merawat bangunan itu supaya tidak padam lagi pada musim angin barat.",
)


def page(*, head: str = "", body: str = "", data: Any = None, lang: str = "id", headline: str = "Mercusuar Tua Menyala Kembali") -> str:
    script = "" if data is None else f'<script type="application/ld+json">{data if isinstance(data, str) else json.dumps(data)}</script>'
    text = body or "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    return f"""<!doctype html><html lang="{lang}"><head><title>{headline} - Harian Pesisir</title>{head}{script}</head><body>
    <nav><a href="/">Beranda</a> <a href="/daerah">Daerah</a></nav>
    <div class="wrap"><h1>{headline}</h1><div class="detail">{text}</div>
    <aside class="related"><h3>Berita Terkait</h3>
    <p>Sebuah berita lain yang cukup panjang untuk menyerupai paragraf isi artikel ini, tetapi bukan.</p></aside></div>
    <footer><p>Hak cipta Harian Pesisir, semua hak dilindungi undang-undang yang berlaku di negeri ini.</p></footer></body></html>"""


def test_the_body_is_the_article_without_navigation_and_related_stories(enriched_html: Enriched) -> None:
    article = enriched_html(page(), url=URL)

    assert article.body == "\n\n".join(PARAGRAPHS)
    assert article.title == "Mercusuar Tua Menyala Kembali"


def test_the_source_text_is_all_that_is_visible(enriched_html: Enriched) -> None:
    article = enriched_html(
        page(body="<p>Satu<br>dua</p><script>x</script><p hidden>tidak</p><p style='display: none'>juga tidak</p><style>y</style>"), url=URL
    )

    assert article.source_text.split("\n\n") == [
        "Beranda Daerah",
        "Mercusuar Tua Menyala Kembali",
        "Satu\ndua",
        "Berita Terkait",
        "Sebuah berita lain yang cukup panjang untuk menyerupai paragraf isi artikel ini, tetapi bukan.",
        "Hak cipta Harian Pesisir, semua hak dilindungi undang-undang yang berlaku di negeri ini.",
    ]


def test_cross_heads_lists_and_quotations_keep_their_kind(enriched_html: Enriched) -> None:
    parts = (PARAGRAPHS[0], "</p><h2>Iuran warga</h2><p>", PARAGRAPHS[1], "</p><ul><li>Lampu baru</li></ul><blockquote>", PARAGRAPHS[2])
    body = f"<p>{''.join(parts)}</blockquote><h2>Lepas</h2>"

    kinds = [block.kind for block in enriched_html(page(body=body), url=URL).blocks]

    assert kinds == [BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.LIST, BlockKind.QUOTE]


def test_promotion_inside_the_body_is_dropped(enriched_html: Enriched) -> None:
    body = "".join(f"<p>{paragraph}</p><p>Baca juga: <a href='/x'>Perahu Nelayan Hilang</a></p>" for paragraph in PARAGRAPHS)

    assert enriched_html(page(body=body), url=URL).body == "\n\n".join(PARAGRAPHS)


def test_a_figcaption_is_a_caption_with_its_credit(enriched_html: Enriched) -> None:
    figure = "<figure><img><figcaption>Mercusuar pada malam hari (ANTARA/Budi)</figcaption></figure>"
    body = f"{figure}<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>"

    article = enriched_html(page(body=body), url=URL)

    assert article.captions == (Caption(text="Mercusuar pada malam hari", credit="ANTARA/Budi"),)
    assert "malam hari (" not in article.body


def test_the_caption_of_a_picture_between_title_and_text_is_taken_with_the_credit_beside_it(enriched_html: Enriched) -> None:
    figure = "<figure><img><span>Budi Hadi</span><figcaption>Mercusuar pada malam hari</figcaption></figure>"
    html = page().replace('<div class="detail">', f'{figure}<div class="detail">')

    article = enriched_html(html, url=URL)

    assert article.captions == (Caption(text="Mercusuar pada malam hari", credit="Budi Hadi"),)
    assert article.body == "\n\n".join(PARAGRAPHS)


def test_a_caption_that_only_its_class_names_is_taken_but_no_byline_that_is_called_credit(enriched_html: Enriched) -> None:
    figure = (
        '<div class="credit">Penulis: Budi Hadi</div><div class="foto"><img><div class="foto__caption">Mercusuar (Dok. Desa)</div></div>'
    )
    html = page().replace('<div class="detail">', f'{figure}<div class="detail">')

    article = enriched_html(html, url=URL)

    assert article.captions == (Caption(text="Mercusuar", credit="Dok. Desa"),)
    assert article.authors == ("Budi Hadi",)


def test_each_picture_of_a_series_keeps_its_own_credit(enriched_html: Enriched) -> None:
    figures = "".join(
        f"<figure><img><figcaption>Mercusuar dari {side}</figcaption><small class='credit'>{who}</small></figure>"
        for side, who in (("utara", "Budi Hadi"), ("selatan", "Siti Rahma"))
    )

    article = enriched_html(page(body=f"<p>{PARAGRAPHS[0]}</p>{figures}<p>{PARAGRAPHS[1]}</p>"), url=URL)

    assert [(caption.text, caption.credit) for caption in article.captions] == [
        ("Mercusuar dari utara", "Budi Hadi"),
        ("Mercusuar dari selatan", "Siti Rahma"),
    ]


def test_the_lines_of_makers_below_a_paragraph_are_no_part_of_it(enriched_html: Enriched) -> None:
    body = f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}<br>Pewarta: Budi Hadi<br>Editor: Siti Rahma<br>Hak Cipta 2025</p><p>(bdi/str)</p>"

    article = enriched_html(page(body=body), url=URL)

    assert article.body == "\n\n".join(PARAGRAPHS[:2])
    assert (article.authors, article.editors) == (("Budi Hadi",), ("Siti Rahma",))


def test_the_outlet_in_the_place_of_the_author_is_no_author(enriched_html: Enriched) -> None:
    html = page().replace('<div class="detail">', '<div class="author">CNN Indonesia</div><div class="detail">')

    assert enriched_html(html, url=URL).authors == ()


def test_a_name_that_signs_the_text_is_the_author_where_the_data_name_none(enriched_html: Enriched) -> None:
    article = enriched_html(page(body=f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p><p>Budi Hadi</p>"), url=URL)

    assert article.authors == ("Budi Hadi",)
    assert article.body == "\n\n".join(PARAGRAPHS[:2])


def test_a_name_below_the_text_is_not_the_author_where_the_data_name_another(enriched_html: Enriched) -> None:
    data = {"@type": "NewsArticle", "author": {"name": "Siti Rahma"}}
    body = f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p><p>Terima Kasih</p>"

    assert enriched_html(page(data=data, body=body), url=URL).authors == ("Siti Rahma",)


def test_what_follows_the_signature_of_a_desk_is_no_text(enriched_html: Enriched) -> None:
    article = enriched_html(page(body=f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p><p>Tim Redaksi</p><p>{PARAGRAPHS[2]}</p>"), url=URL)

    assert article.authors == ("Tim Redaksi",)
    assert article.body == "\n\n".join(PARAGRAPHS[:2])


@pytest.mark.parametrize(
    ("declared", "seen", "authors"),
    [
        (["Jane Doe"], "By Jane Doe and Max Roe", ("Jane Doe", "Max Roe")),
        (["jdoe"], "By Jane Doe", ("Jane Doe",)),
        (["Jane Doe", "Senior Reporter"], "", ("Jane Doe",)),
        (["Jane Doe"], "By Somebody Else", ("Jane Doe",)),
    ],
)
def test_the_byline_in_sight_stands_above_the_data_where_it_says_more(
    enriched_html: Enriched, declared: list[str], seen: str, authors: tuple[str, ...]
) -> None:
    data = {"@type": "NewsArticle", "author": [{"@type": "Person", "name": name} for name in declared]}
    html = page(data=data, lang="en").replace('<div class="detail">', f'<div>{seen}</div><div class="detail">')

    assert enriched_html(html, url=URL).authors == authors


def test_the_editor_that_the_data_name_is_the_editor(enriched_html: Enriched) -> None:
    data = {"@type": "NewsArticle", "author": {"name": "Budi Hadi"}, "editor": {"@type": "Person", "name": "Siti Rahma"}}

    assert enriched_html(page(data=data), url=URL).editors == ("Siti Rahma",)


def test_paragraphs_that_are_parted_by_line_breaks_are_paragraphs(enriched_html: Enriched) -> None:
    assert enriched_html(page(body="<br><br>".join(PARAGRAPHS)), url=URL).body == "\n\n".join(PARAGRAPHS)


def test_the_json_ld_gives_names_times_section_and_keywords(enriched_html: Enriched) -> None:
    data = {
        "@graph": [
            {"@type": "WebSite", "name": "Harian Pesisir"},
            {
                "@type": ["NewsArticle"],
                "headline": "Mercusuar Tua Menyala Kembali",
                "author": [{"@type": "Person", "name": "Jane Doe"}, "Max Roe"],
                "publisher": {"name": "Harian Pesisir"},
                "datePublished": "2025-03-01T08:00:00+07:00",
                "dateModified": "2025-03-01T03:00:00Z",
                "articleSection": "Daerah",
                "keywords": "mercusuar, nelayan",
            },
        ]
    }

    article = enriched_html(page(data=data, lang="en"), url=URL)

    assert article.authors == ("Jane Doe", "Max Roe")
    assert article.published_at == dt.datetime(2025, 3, 1, 1, tzinfo=dt.UTC)
    assert article.updated_at == dt.datetime(2025, 3, 1, 3, tzinfo=dt.UTC)
    assert article.section == "Daerah"
    assert [tag.name for tag in article.tags.keywords][:2] == ["mercusuar", "nelayan"]


@pytest.mark.parametrize(
    "data",
    [
        '{"@type": "NewsArticle", "author": {"name": "Jane Doe",},}',
        '{"@type": "NewsArticle", "description": "two\nlines\tand a tab", "author": "Jane Doe"}',
        '<!-- {"@type": "NewsArticle", "author": "Jane Doe"} -->',
        '//<![CDATA[\n[{"@type": "http://schema.org/NewsArticle", "author": ["Jane Doe"]}]\n//]]>',
    ],
)
def test_json_ld_as_found_in_the_wild_is_read(enriched_html: Enriched, data: str) -> None:
    assert enriched_html(page(data=data, lang="en"), url=URL).authors == ("Jane Doe",)


@pytest.mark.parametrize("data", ["{", "[" * 5_000, '"text"', "null", "{}" * 3])
def test_json_ld_that_is_none_is_passed_over(enriched_html: Enriched, data: str) -> None:
    article = enriched_html(page(data=data), url=URL)

    assert article.body == "\n\n".join(PARAGRAPHS)
    assert [warning.code for warning in article.warnings] == []


def test_on_an_indonesian_page_the_visible_author_stands_above_the_json_ld(enriched_html: Enriched) -> None:
    body = "<p>Penulis: Rahmat Setiadi</p><p>Editor: Lestari</p>" + "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)

    article = enriched_html(page(body=body, data={"@type": "NewsArticle", "author": "Admin Web"}), url=URL)

    assert (article.authors, article.editors) == (("Rahmat Setiadi",), ("Lestari",))


def test_a_time_without_a_zone_is_left_out_with_a_warning(enriched_html: Enriched) -> None:
    article = enriched_html(page(head='<meta property="article:published_time" content="2025-03-01 08:00:00">'), url=URL)

    assert article.published_at is None
    assert [(warning.code, warning.pointer) for warning in article.warnings] == [("no_time_zone", "/published_at")]


@pytest.mark.parametrize(
    ("href", "canonical"),
    [
        ("https://pesisir.example/daerah/123", "https://pesisir.example/daerah/123"),
        ("/daerah/123", "https://www.pesisir.example/daerah/123"),
        ("https://m.pesisir.example/123", "https://pesisir.example/123"),
        ("https://elsewhere.example/123", URL),
        ("javascript:alert(1)", URL),
        ("http://[", URL),
    ],
)
def test_a_canonical_address_counts_on_the_same_site_only(enriched_html: Enriched, href: str, canonical: str) -> None:
    assert enriched_html(page(head=f'<link rel="canonical" href="{href}">'), url=URL).canonical_url == canonical


@pytest.mark.parametrize(
    ("html", "url", "kind"),
    [
        (page(data={"@type": "LiveBlogPosting"}), URL, PageKind.LIVE_BLOG),
        (page(), "https://pesisir.example/", PageKind.FRONT),
        (page(body="<p>x</p>", headline="404 Not Found"), URL, PageKind.ERROR),
        (page(body=f"<p>{PARAGRAPHS[0]}</p>", data={"@type": "NewsArticle", "isAccessibleForFree": False}), URL, PageKind.PAYWALL_STUB),
        (page(body="<p>x</p>", data={"@type": "VideoObject"}), URL, PageKind.VIDEO),
        (page(body="<p>x</p>", data={"@type": "ImageGallery"}), URL, PageKind.GALLERY),
        (page(head='<meta property="og:type" content="article">'), URL, PageKind.ARTICLE),
        ("<p>x</p>", URL, PageKind.UNKNOWN),
    ],
)
def test_the_kind_of_a_page_is_told_where_it_says_so(enriched_html: Enriched, html: str, url: str, kind: PageKind) -> None:
    assert enriched_html(html, url=url).page_kind is kind


def test_the_fields_of_the_producer_stand_above_those_of_the_page(enriched_html: Enriched) -> None:
    article = enriched_html(page(data={"@type": "NewsArticle", "author": "Jane Doe"}), url=URL, title="Judul Produsen", authors=["Siti"])

    assert (article.title, article.authors) == ("Judul Produsen", ("Siti",))


@pytest.mark.parametrize(
    ("url", "country"),
    [("https://a.co.id/1", "ID"), ("https://a.co.uk/1", "GB"), ("https://a.example.com/1", None), ("https://a.tv/1", None)],
)
def test_the_country_is_that_of_the_address(enriched_html: Enriched, url: str, country: str | None) -> None:
    assert enriched_html(page(), url=url).country == country


def test_a_pushed_page_is_read_from_its_bytes(enriched: Enriched) -> None:
    html = page(headline="Café di Dermaga Dibuka").encode("cp1252")

    article = enriched(page=html, page_content_type="text/html; charset=windows-1252", content_form="page", url=URL)

    assert article.title == "Café di Dermaga Dibuka"
