"""Pages of our own words in the shape of those that a crawler meets: what is no article must say so, what is one must stay one."""

import json
from collections.abc import Callable, Mapping, Sequence

import pytest
from kabar_contracts.enriched import EnrichedArticle, PageKind

Enriched = Callable[..., EnrichedArticle]

SITE = "https://www.surattepian.example"
PROSE = (
    "Petani garam di tepi selatan pulau itu mulai menutup tambaknya dengan terpal bening sejak awal musim hujan tahun ini.",
    "Menurut ketua koperasi, cara sederhana itu menjaga air tua tetap pekat walau hujan turun tiga hari berturut-turut.",
    "Pemerintah kabupaten membantu separuh harga terpal, dan sisanya dicicil dari hasil panen pada dua musim berikutnya.",
    "Para pembeli dari kota kini datang langsung ke gudang koperasi, sehingga harga tidak lagi ditentukan oleh tengkulak.",
    "Hasil panen pertama akan dihitung bersama pada akhir bulan, lalu dibagi menurut luas tambak setiap anggota koperasi.",
    "Sekolah di desa itu juga belajar dari tambak: murid menimbang garam dan mencatat kadar airnya setiap pekan sekali.",
    "Bila percobaan ini berhasil, koperasi akan membangun gudang kedua di dekat dermaga sebelum musim kemarau tiba lagi.",
    "Tahun lalu hujan yang datang terlalu cepat membuat hampir separuh panen larut sebelum sempat diangkut ke gudang itu.",
    "Warga berharap jalan menuju tambak segera diperbaiki karena truk pengangkut garam sering terperosok di musim hujan.",
)


def html(body: str, *, title: str, og_type: str | None = None, data: Sequence[Mapping[str, object]] = (), head: str = "") -> str:
    graph = f'<meta property="og:type" content="{og_type}">' if og_type else ""
    scripts = "".join(f'<script type="application/ld+json">{json.dumps(one)}</script>' for one in data)
    menu = "<nav><ul><li><a href=/>Beranda</a></li><li><a href=/daerah>Daerah</a></li></ul></nav>"
    foot = "<footer><p>Surat Tepian, koran warga pesisir</p></footer>"
    return f"<html lang=id><head><title>{title}</title>{graph}{head}{scripts}</head><body>{menu}<main>{body}</main>{foot}</body></html>"


def prose(count: int) -> str:
    return "".join(f"<p>{paragraph}</p>" for paragraph in PROSE[:count])


def teasers(count: int, *, with_text: bool = True) -> str:
    return "".join(
        f"<div class=card><h3><a href=/daerah/{number}>Kabar nomor {number} dari tambak garam</a></h3>"
        + (f"<p>{PROSE[number % len(PROSE)]}</p>" if with_text else "")
        + "</div>"
        for number in range(count)
    )


def figures(count: int) -> str:
    return "".join(
        f"<figure><img src=/{number}.jpg><figcaption>Petani garam membuka terpal di petak ke-{number}.</figcaption></figure>"
        for number in range(count)
    )


def entries(count: int) -> str:
    return "".join(f"<div><span class=t>{10 + number}.15 WIB</span><p>{PROSE[number % len(PROSE)]}</p></div>" for number in range(count))


HEADLINE = "Petani Garam Menutup Tambak dengan Terpal"
H1 = f"<h1>{HEADLINE}</h1>"
NEWS = {"@type": "NewsArticle", "headline": HEADLINE}
VIDEO = {"@type": "VideoObject", "name": HEADLINE}

ERRORS = {
    "an error by number": (html("<h1>404</h1><p>Maaf.</p>", title="404 | Surat Tepian"), "/daerah/1"),
    "an error in Indonesian": (html("<h1>Halaman tidak ditemukan</h1>", title="Surat Tepian"), "/daerah/1"),
    "an error in German": (html("<h1>Seite nicht gefunden</h1><p>Bitte suchen Sie.</p>", title="Fehler"), "/lokales/1"),
    "an error with popular articles below": (
        html("<h1>Oops</h1>" + teasers(9), title="Page not found - Surat Tepian", og_type="website"),
        "/daerah/1",
    ),
    "a challenge for robots": (html("<p>Checking your browser before you go on.</p>", title="Just a moment..."), "/daerah/1"),
    "a refusal": (html("<h1>Access Denied</h1><p>You have no permission on this server.</p>", title="Access Denied"), "/daerah/1"),
    "a server that is down": (
        html("<h1>503 Service Temporarily Unavailable</h1>", title="503 Service Temporarily Unavailable"),
        "/daerah/1",
    ),
}
LIVE_BLOGS = {
    "a live blog by its data": (html(H1 + entries(3), title=HEADLINE, data=[{"@type": "LiveBlogPosting"}]), "/daerah/1"),
    "a live blog of two types": (html(H1 + entries(3), title=HEADLINE, data=[{"@type": ["NewsArticle", "LiveBlogPosting"]}]), "/daerah/1"),
    "a live blog by its title": (html("<h1>Live: Panen garam</h1>" + entries(6), title="Live: Panen garam", data=[NEWS]), "/daerah/1"),
    "a live blog by its address": (html(H1 + entries(6), title=HEADLINE, data=[NEWS]), "/live/daerah/1"),
    "live updates": (html("<h1>Panen garam - live updates</h1>" + entries(5), title=HEADLINE, og_type="article"), "/daerah/1"),
    "a ticker": (html("<h1>Liveticker zur Salzernte</h1>" + entries(5), title="Liveticker", og_type="article"), "/lokales/1"),
}
GALLERIES = {
    "a gallery by its data": (html(H1 + figures(3), title=HEADLINE, data=[{"@type": "ImageGallery"}]), "/daerah/1"),
    "a gallery by its address": (html(H1 + prose(2) + figures(8), title=HEADLINE, data=[NEWS]), "/foto/panen-garam"),
    "a gallery below a section": (html(H1 + prose(1) + figures(6), title=HEADLINE, og_type="article"), "/news/photos/panen-garam"),
    "a gallery on a host of its own": (html(H1 + prose(2) + figures(5), title=HEADLINE, data=[NEWS]), "https://foto.surattepian.example/1"),
    "a gallery with an introduction": (
        html(H1 + prose(3) + figures(12), title=HEADLINE, data=[{"@type": "MediaGallery"}, NEWS]),
        "/daerah/1",
    ),
    "a picture story": (html(H1 + prose(1) + figures(9), title=HEADLINE, data=[NEWS]), "/in-pictures/panen-garam"),
}
VIDEOS = {
    "a video by its data": (html(H1 + "<p>Lihat panen garam.</p>", title=HEADLINE, data=[VIDEO]), "/daerah/1"),
    "a video by Open Graph": (html(H1 + "<p>Lihat panen garam.</p>", title=HEADLINE, og_type="video.other"), "/daerah/1"),
    "a video by its address": (html(H1 + prose(2), title=HEADLINE, data=[NEWS, VIDEO]), "/video/panen-garam"),
    "a video on a host of its own": (html(H1 + prose(2), title=HEADLINE, data=[NEWS, VIDEO]), "https://video.surattepian.example/1"),
    "a video to watch": (html(H1 + prose(1), title=HEADLINE, og_type="video", data=[NEWS]), "/watch/panen-garam"),
    "a video with a caption": (html(H1 + prose(1), title=HEADLINE, data=[VIDEO]), "/daerah/videos/1"),
}
FRONTS = {
    "the first page": (html(teasers(9), title="Surat Tepian"), "/"),
    "the first page in English": (html(teasers(9), title="Surat Tepian"), "/en/"),
    "the first page from a campaign": (html(teasers(9), title="Surat Tepian", og_type="website"), "/?utm_source=surat"),
    "a section": (html("<h1>Daerah</h1>" + teasers(9), title="Daerah - Surat Tepian", og_type="website"), "/daerah"),
    "a tag": (html("<h1>garam</h1>" + teasers(4), title="Berita garam", og_type="website"), "/tag/garam"),
    "an author": (html("<h1>Ratna Dewi</h1><p>Wartawan.</p>" + teasers(5), title="Ratna Dewi"), "/penulis/ratna-dewi"),
    "a collection by its data": (html("<h1>Garam</h1>" + teasers(5), title="Garam", data=[{"@type": "CollectionPage"}]), "/fokus/garam"),
    "results of a search": (html(teasers(7, with_text=False), title="Cari", data=[{"@type": "SearchResultsPage"}]), "/cari/garam"),
    "a list of headlines": (html("<h1>Terbaru</h1>" + teasers(20, with_text=False), title="Terbaru"), "/terbaru"),
}
WALLS = {
    "a wall by its data": (html(H1 + prose(2), title=HEADLINE, data=[{**NEWS, "isAccessibleForFree": False}]), "/daerah/1"),
    "a wall by a word in its data": (html(H1 + prose(2), title=HEADLINE, data=[{**NEWS, "isAccessibleForFree": "False"}]), "/daerah/1"),
    "a wall in Indonesian": (
        html(H1 + prose(3) + "<p>Berlangganan untuk melanjutkan membaca</p>", title=HEADLINE, data=[NEWS]),
        "/daerah/1",
    ),
    "a wall in English": (html(H1 + prose(2) + "<div>Subscribe to continue reading</div>", title=HEADLINE, data=[NEWS]), "/daerah/1"),
    "a wall in German": (html(H1 + prose(2) + "<div>Jetzt weiterlesen mit Plus</div>", title=HEADLINE, og_type="article"), "/lokales/1"),
    "a wall by its tier": (
        html(H1 + prose(2), title=HEADLINE, data=[NEWS], head='<meta property="article:content_tier" content="locked">'),
        "/daerah/1",
    ),
}
ARTICLES = {
    "an article with data": (html(H1 + prose(9), title=HEADLINE, data=[NEWS]), "/daerah/1"),
    "an article without any data": (html(H1 + prose(9), title=HEADLINE), "/daerah/1"),
    "a short article without data": (html(H1 + prose(4), title=HEADLINE), "/daerah/1"),
    "a brief of one paragraph": (html(H1 + prose(1), title=HEADLINE, og_type="article"), "/daerah/1"),
    "an article with related ones below": (html(H1 + prose(8) + teasers(12), title=HEADLINE), "/daerah/1"),
    "an article below a topic": (html(H1 + prose(6) + teasers(8, with_text=False), title=HEADLINE), "/topik/garam/petani-garam"),
    "an article with a video": (html(H1 + prose(9), title=HEADLINE, data=[NEWS, VIDEO]), "/video/petani-garam"),
    "an article with many pictures": (html(H1 + prose(9) + figures(8), title=HEADLINE, data=[NEWS]), "/foto/petani-garam"),
    "an article about a missing page": (html("<h1>404: Kisah Galat</h1>" + prose(9), title="404: Kisah Galat", data=[NEWS]), "/daerah/1"),
    "an article about a fall of 500 points": (
        html("<h1>Index falls 500 points</h1>" + prose(4), title="Index falls 500 points"),
        "/pasar/1",
    ),
    "an article about live music": (html("<h1>Live: musik di dermaga</h1>" + prose(9), title="Live: musik", data=[NEWS]), "/live/1"),
    "an article about paywalls": (
        html(H1 + prose(8) + "<p>Subscribe to continue reading, kata situs itu.</p>", title=HEADLINE, data=[NEWS]),
        "/daerah/1",
    ),
    "a free article with an offer": (html(H1 + prose(9) + "<div>Subscribe to read more</div>", title=HEADLINE, data=[NEWS]), "/daerah/1"),
    "an article by a number in the query": (html(H1 + prose(9), title=HEADLINE), "/?p=1234"),
    "an article with a list of others in its data": (
        html(H1 + prose(9) + teasers(6), title=HEADLINE, data=[{"@type": "ItemList"}, {"@type": "WebPage"}]),
        "/daerah/1",
    ),
    "an article whose own list comes first": (html(teasers(6, with_text=False) + H1 + prose(9), title=HEADLINE), "/daerah/1"),
}
KINDS = {
    PageKind.ERROR: ERRORS,
    PageKind.LIVE_BLOG: LIVE_BLOGS,
    PageKind.GALLERY: GALLERIES,
    PageKind.VIDEO: VIDEOS,
    PageKind.FRONT: FRONTS,
    PageKind.PAYWALL_STUB: WALLS,
    PageKind.ARTICLE: ARTICLES,
}
PAGES = [(name, kind, page, address) for kind, pages in KINDS.items() for name, (page, address) in pages.items()]


@pytest.mark.parametrize(("kind", "page", "address"), [pytest.param(*rest, id=name) for name, *rest in PAGES])
def test_the_kind_of_a_page_is_told(enriched_html: Enriched, kind: PageKind, page: str, address: str) -> None:
    url = address if address.startswith("http") else SITE + address

    assert enriched_html(page, url=url).page_kind is kind


@pytest.mark.parametrize(("kind", "page", "address"), [pytest.param(*rest, id=name) for name, *rest in PAGES])
def test_what_is_no_article_says_so_and_an_article_does_not(enriched_html: Enriched, kind: PageKind, page: str, address: str) -> None:
    article = enriched_html(page, url=address if address.startswith("http") else SITE + address)

    is_one = kind in (PageKind.ARTICLE, PageKind.LIVE_BLOG, PageKind.PAYWALL_STUB)
    assert ("no_article" in [warning.code for warning in article.warnings]) is not is_one
    assert ("article_cut_off" in [warning.code for warning in article.warnings]) is (kind is PageKind.PAYWALL_STUB)


@pytest.mark.parametrize(
    ("page", "address"), [pytest.param(*FRONTS[name], id=name) for name in FRONTS] + [pytest.param(*ERRORS["a refusal"])]
)
def test_the_teasers_of_a_list_and_the_words_of_an_error_become_no_article(enriched_html: Enriched, page: str, address: str) -> None:
    article = enriched_html(page, url=SITE + address)

    assert (article.body, article.authors, article.published_at) == ("", (), None)
    assert article.source_text


def test_a_page_that_had_to_be_bounded_says_so(enriched_html: Enriched) -> None:
    deep = "<div>" * 30_000 + PROSE[0] + "</div>" * 30_000

    bounded, plain = (enriched_html(html(H1 + prose(9) + more, title=HEADLINE, data=[NEWS]), url=f"{SITE}/daerah/1") for more in (deep, ""))

    assert "page_bounded" in [warning.code for warning in bounded.warnings]
    assert "page_bounded" not in [warning.code for warning in plain.warnings]
