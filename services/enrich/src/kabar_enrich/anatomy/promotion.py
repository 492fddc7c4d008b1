"""Promotion and chrome: lines that a site puts between and around the paragraphs of an article.

A promotion is built from a label and a variable rest: a call to read, see or hear something else («Baca juga», «Read
more»), with or without a colon, or a call to follow, join or subscribe. Labels are told by their language's words, not
by a site's. A paragraph that is longer than `LINE_CHARACTERS` is never one: nobody writes a teaser of that length, but
prose may open the same way.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from kabar_enrich.anatomy.byline import is_initials

LINE_CHARACTERS: Final = 300
LABEL_CHARACTERS: Final = 48
TITLE_WORDS: Final = 30
OPENING: Final = 2
"""Letters by which the calls and labels that a line may begin with are found."""

_CALLS: Final = """
    baca juga|baca selengkapnya|baca selanjutnya|baca berita|baca artikel|baca pula|baca lainnya|simak juga|simak video|simak berita|
    simak artikel|simak breaking|simak pula|lihat juga|lihat video|lihat selengkapnya|lihat artikel asli|tonton juga|tonton video|
    saksikan juga|saksikan video|saksikan live|klik di sini|klik disini|klik link|klik tautan|klik selengkapnya|dapatkan berita|
    dapatkan update|dapatkan informasi|dapatkan info|ikuti kami|ikuti saluran|ikuti berita|ikuti channel|ikuti google news|ikuti update|
    ikuti whatsapp|ikuti akun|gabung di|gabung dengan|gabung ke|gabung bersama|unduh aplikasi|download aplikasi|cek berita|cek artikel|
    update berita|akses berita|scroll to continue|scroll to resume|scroll down to|gulir untuk|
    simak selengkapnya|simak live|lanjutkan membaca|lanjut baca|lanjut ke halaman|halaman selanjutnya|
    halaman berikutnya|halaman sebelumnya|pilihan editor|pilihan redaksi|artikel terkait|berita terkait|topik terkait|tonton live|
    baca juga di|jangan lupa ikuti|berlangganan newsletter|
    read more|read also|read next|read full|read the full|read our|also read|see also|see more|see the full|related story|related stories|
    related article|related articles|related read|related reading|related news|related topic|related topics|related coverage|related video|
    related videos|related content|more on this story|more on this topic|more like this|you may also like|you might also like|
    you may be interested|sign up for|sign up to|sign up here|sign up now|subscribe to|subscribe now|subscribe here|subscribe for|
    follow us|follow our|follow official|click here|tap here|download our|download the app|get the app|watch live|watch now|watch more|
    watch the video|watch video|watch next|listen now|listen to this article|join our|join us on|join the conversation|get our|
    get the latest news|get the latest stories|get the latest updates|get the latest headlines|get the day's|recommended for you|
    recommended stories|recommended reading|don't miss|don’t miss|story continues below|article continues|continue reading|
    skip to|skip past|this article first appeared|this article originally appeared|purchase licensing rights|
    our standards|suggested topics|view more|view gallery|view all|support our journalism|
    lesen sie auch|lesen sie mehr|lesen sie hier|lesen sie dazu|lies auch|lesen sie außerdem|mehr zum thema|mehr dazu|mehr lesen|mehr zu|
    auch interessant|das könnte sie auch interessieren|zum thema|jetzt anmelden|jetzt abonnieren|newsletter abonnieren|weiterlesen|
    lire aussi|à lire aussi|a lire aussi|lire la suite|lire également|
    à lire également|à voir aussi|voir aussi|à écouter|pour en savoir plus|
    en savoir plus|abonnez-vous|inscrivez-vous|suivez-nous|rejoignez-nous|notre sélection|sur le même sujet|
    lee también|lea también|lee además|lea además|leer también|leer más|
    lee más|lea más|te puede interesar|te recomendamos|le puede interesar|
    te podría interesar|también te puede interesar|más información|ver también|mira también|mirá también|noticia relacionada|
    noticias relacionadas|suscríbete|suscríbase|síguenos|sigue leyendo|únete a|
    leia também|leia mais|leia ainda|veja também|veja mais|saiba mais|confira também|assista também|assista ao vídeo|inscreva-se|
    siga-nos|siga o canal|clique aqui|continua após a publicidade|continua depois da publicidade|
    leggi anche|leggi tutto|leggi di più|leggi altro|leggi pure|vedi anche|guarda anche|guarda il video|potrebbe interessarti|
    ti potrebbe interessare|per approfondire|iscriviti|seguici|abbonati|continua a leggere|
    lees ook|lees meer|lees verder|lees hier|bekijk ook|kijk ook|luister ook|meer over|schrijf je in|abonneer je|volg ons|
    läs också|läs även|läs mer|läs vidare|se även|se också|prenumerera på|följ oss|
    les også|les mer|les hele|se også|følg oss|abonner på|hør også|
    læs også|læs mere|se mere|hør mere|tilmeld dig|følg os|artiklen fortsætter|artikkelen fortsetter|artikeln fortsätter|
    lue myös|lue lisää|katso myös|juttu jatkuu|tilaa uutiskirje|seuraa meitä|
    czytaj także|czytaj też|czytaj więcej|czytaj również|przeczytaj także|przeczytaj też|przeczytaj również|zobacz także|zobacz też|
    zobacz również|zobacz więcej|dowiedz się więcej|zapisz się|obserwuj nas|dalsza część artykułu|dalszy ciąg artykułu|
    čtěte také|čtěte více|přečtěte si|číst dál|číst více|mohlo by vás zajímat|sledujte nás|
    čítajte aj|prečítajte si|citește și|citeşte şi|vezi și|olvassa el|ez is érdekelheti|прочетете още|вижте още|pročitajte i|
    pročitajte još|preberite tudi|διαβάστε επίσης|διαβάστε ακόμα|διαβάστε περισσότερα|δείτε επίσης|
    ayrıca okuyun|bunu da okuyun|bunları da okuyun|haberin devamı|devamını oku|ilgili haber|ilgili haberler|abone ol|bizi takip edin|
    bakmadan geçme|
    xem thêm|đọc thêm|xem tiếp|đọc tiếp|mời bạn đọc|tin liên quan|bài liên quan|đăng ký nhận|theo dõi chúng tôi|
    อ่านเพิ่มเติม|อ่านต่อ|อ่านข่าวเพิ่มเติม|ข่าวที่เกี่ยวข้อง|ดูเพิ่มเติม|ติดตามข่าว|ติดตามเรา|อ่านข่าวที่เกี่ยวข้อง|
    читайте также|читайте ещё|читайте еще|читать также|читать далее|читать подробнее|читать полностью|смотрите также|смотри также|
    подпишитесь на|подписывайтесь на|подробнее по теме|по теме|материалы по теме|
    читайте також|читати далі|дивіться також|підписуйтесь на|підпишіться на|підписуйтеся на|
    اقرأ أيضا|اقرأ أيضًا|اقرأ أيضاً|إقرأ أيضا|اقرأ المزيد|اقرأ كذلك|شاهد أيضا|شاهد أيضًا|شاهد أيضاً|طالع أيضا|تابعونا|تابعنا|اشترك في|
    مواضيع ذات صلة|أخبار ذات صلة|بیشتر بخوانید|همچنین بخوانید|مزید پڑھیں|یہ بھی پڑھیں|קראו גם|קראו עוד|לקריאה נוספת|
    यह भी पढ़ें|ये भी पढ़ें|यह भी पढ़े|इसे भी पढ़ें|और पढ़ें|यह भी देखें|ये भी देखें|और भी पढ़ें|संबंधित खबर|আরও পড়ুন|আরো পড়ুন|மேலும் படிக்க|
    こちらも|あわせて読みたい|併せて読みたい|合わせて読みたい|関連記事|関連ニュース|続きを読む|もっと読む|この記事の続き|
    관련기사|관련 기사|관련뉴스|관련 뉴스|더 보기|기사 더보기|함께 보면|이어서 보기|
    延伸阅读|延伸閱讀|相关阅读|相關閱讀|相关新闻|相關新聞|推荐阅读|推薦閱讀|更多新闻|更多新聞|阅读更多|閱讀更多|查看更多|点击查看|點擊查看|
    看更多|繼續閱讀|继续阅读|
    baca lagi|ikuti perkembangan|lihat lagi|tonton lagi
"""  # noqa: RUF001  # apostrophes as they are typed
_LABELS: Final = """
    baca|simak|tonton|lihat|saksikan|gambas|video|foto|infografis|grafis|podcast|galeri|related|watch|listen|read|more|see|also|video|
    gallery|opinion|explainer|in pictures|lesen|lies|mehr|auch|video|dazu|lire|voir|écouter|vidéo|en images|diaporama|lee|lea|leer|ver|
    mira|vea|vídeo|leia|veja|assista|confira|ouça|leggi|guarda|vedi|ascolta|lees|bekijk|kijk|luister|läs|se|lyssna|les|hør|læs|lue|katso|
    czytaj|zobacz|posłuchaj|čtěte|oku|okuyun|izle|izleyin|xem|đọc|อ่าน|ดู|читайте|смотрите|видео|дивіться|відео|اقرأ|شاهد|فيديو|पढ़ें|देखें|
    動画|関連|관련|영상|相关|相關|视频|更多|topics|topik|tema|themen|temas|ver más|selengkapnya|berita terkait|podcast
"""
_NOTICES: Final = re.compile(
    r"(?:artikel|berita|konten) ini (?:telah |sudah )?(?:pernah )?(?:tayang|terbit|dimuat|tampil)|"
    r"(?:this|the) (?:article|story) (?:was )?(?:first|originally) (?:appeared|published)|"
    r"(?:follow|ikuti|gabung|join|subscribe|langganan)\b.{0,40}\b(?:whats\s?app|telegram|google news|newsletter|channel|instagram|"
    r"facebook|"
    r"tik\s?tok|youtube|twitter|podcast)\b"
)
# Of these and the next, small letters are looked for in a text in small letters: of many alternatives, those that
# begin otherwise cost thirty times as much where case is ignored.
_WHOLE_LINES: Final = re.compile(
    r"(?:advertisement|advertising|advertorial|iklan|sponsored(?: content)?|promoted(?: content)?|ads?|anzeige|werbung|publicité|"
    r"publicidad|"
    r"publicidade|pubblicità|advertentie|annons|annonse|annonce|mainos|reklama|reklam|"
    r"quảng cáo|โฆษณา|реклама|إعلان|विज्ञापन|広告|광고|广告|廣告|"
    r"share(?: this)?|bagikan|teilen|partager|compartir|compartilhar?|condividi|delen|dela|del|jaa|udostępnij|paylaş|chia sẻ|แชร์|"
    r"поделиться|"
    r"поділитися|شارك|साझा करें|シェア|공유|分享|share on .{3,20}|"
    r"copy link|salin (?:link|tautan)|tautan (?:disalin|telah disalin)|aa|a a|text sizes?|ukuran (?:huruf|teks)|small|"
    r"medium|large|larger|kecil|sedang|besar|"
    r"print|cetak|drucken|imprimer|save|simpan|merken|facebook|twitter|x|whatsapp|telegram|line|e-?mail|linkedin|instagram|"
    r"youtube|tiktok|"
    r"threads|bluesky|reddit|pinterest|pocket|menu|home|beranda|startseite|accueil|inicio|início|search|cari|suche|rechercher|buscar|"
    r"login|masuk|anmelden|sign in|log in|register|daftar|registrieren|komentar|comments?|kommentare?|commentaires?|comentarios|"
    r"\d+ (?:komentar|comments?|kommentare?|commentaires?|comentarios)|"
    r"notifikasi|epaper|e-paper|indeks|index|terpopuler|terkini|loading\.*|"
    r"close|tutup|schließen|fermer|cerrar|fechar|next|previous|prev|lainnya|more|selengkapnya|follow|ikuti|folgen|suivre|seguir|"
    r"google news|add as preferred source.{0,30}|listen|dengarkan|play|pause|subscribe|abonnieren|s'abonner|suscríbete|berlangganan)"
)
_ENDS: Final = re.compile(
    r"(?:berita|artikel|topik|konten) (?:populer|terpopuler|terkini|terbaru|terkait|lainnya|pilihan|"
    r"rekomendasi)\b.{0,20}$|terpopuler$|terkini$|rekomendasi untuk|"
    r"dapatkan berita pilihan|(?:most|top) (?:read|popular|viewed|stories)\b.{0,20}$|related (?:articles|stories|news|"
    r"topics|coverage)\s*:?$|"
    r"more (?:from|stories|news|in)\b.{0,40}$|you (?:may|might) also like|recommended (?:for you|stories|reading)|"
    r"trending (?:now|topics|news)\b|latest (?:news|stories)$|about the author|"
    r"(?:tulis|kirim|beri|leave a|post a|write a|join the) (?:komentar|comment|conversation|discussion)|komentar$|comments?$|tags?\s*:|"
    r"tag terkait|copyright\b|©|hak cipta|all rights reserved|alle rechte vorbehalten|tous droits réservés|todos los derechos|"
    r"todos os direitos|tutti i diritti|"
    r"tentang kami$|about us$|kebijakan privasi|privacy policy|terms of (?:use|service)|pedoman media siber|kontak kami$|contact us$|"
    r"impressum$|datenschutz$|mentions légales|aviso legal|"
    r"mehr (?:aus|von|zum thema)\b.{0,40}$|meistgelesen|das könnte sie auch|les plus lus|à lire aussi$|sur le même sujet|"
    r"lo más (?:leído|visto)|"
    r"mais (?:lidas|vistas)|i più letti|meest gelezen|mest lästa?|mest lest|mest læste?|luetuimmat|najczęściej czytane|nejčtenější|"
    r"en çok okunan|самое читаемое|читаемое$|популярное$|الأكثر قراءة|アクセスランキング|人気記事|많이 본 뉴스|热门|熱門"
)
_PROMISES_A_TITLE: Final = re.compile(
    r"(?:.{0,25}\b(?:juga|also|auch|aussi|anche|ook|selengkapnya|more|next|terkait|related|watch|video|baca)\b.{0,10}|"
    r".{0,40}[:：])$",  # noqa: RUF001
    re.IGNORECASE,
)
_COLLAPSED: Final = re.compile(r"^\W+|\W+$")
_MARKS: Final = " \t\u00a0\ufeff*•·▪◦[(<>«»►▶→➡⏩👉🔴|~–—-\"“”'‘"  # noqa: RUF001  # what stands before a label
_INNER: Final = re.compile(
    r"\s*\[\s*(?:gambas|video|foto|image|embed|baca|lihat|simak|read|watch|see|related|iklan|advertisement|photo|"
    r"picture)\b[^\]\[]{0,120}\]\s*|"
    r"\s*\((?:baca|lihat|simak|read|see|watch)\s+(?:juga|also|more|pula|next)\b[^()]{0,200}\)\s*|"
    r"\s*(?:scroll to (?:continue|resume)(?: with)? content|gulir untuk melanjutkan(?: membaca)?|article continues (?:after|"
    r"below)(?: this)? ad\w*|"
    r"story continues below(?: this)? ad\w*)\s*|"
    r"(?-i:(?<=[.!?\"”])\s*(?:ADVERTISEMENT|IKLAN|Advertisement)\s*(?=[\"“A-Z]|$))",
    re.IGNORECASE,
)
_INNER_HINT: Final = re.compile(
    r"\[|continue|resume|gulir|ADVERTISEMENT|IKLAN|Advertisement|\((?:baca|lihat|simak|read|see|watch)\s", re.IGNORECASE
)
_TAIL: Final = re.compile(
    r"(?<=[.!?\"”])\s*(?:(?:Baca|BACA|Simak|SIMAK|Lihat|LIHAT|Tonton|Saksikan)\s+(?:[Jj]uga|JUGA|[Pp]ula)\b|"
    r"(?:Read|READ)\s+(?:[Mm]ore|[Aa]lso|MORE|ALSO)\s*:|(?:Lesen Sie auch|Lire aussi|Lee también|Leia também|Leggi anche|Lees ook)\s*:)"
    r"\s*:?[^.!?\n]{8,200}$"
)


def _split(words: str) -> tuple[str, ...]:
    return tuple(sorted({word.strip() for word in words.split("|") if word.strip()}, key=len, reverse=True))


def _by_opening(words: str) -> Mapping[str, Sequence[str]]:
    """The words by their first two letters, the longest first."""
    found: dict[str, list[str]] = {}
    for word in _split(words):
        found.setdefault(word[:OPENING], []).append(word)
    return found


_CALLS_BY_OPENING: Final = _by_opening(_CALLS)
_LABELS_BY_OPENING: Final = _by_opening(_LABELS)


def is_promotion(paragraph: str) -> bool:
    """Whether `paragraph` sends the reader somewhere else («Baca juga: …», «Read more») or is a label of the page's chrome."""
    return opens_promotion(paragraph) or is_chrome(paragraph)


def opens_promotion(paragraph: str) -> bool:
    """Whether `paragraph` sends the reader somewhere else («Baca juga: …», «Read more»).

    A call («Read more») does by itself. A bare label («Video», «Read») does where a colon and a title without a full
    stop follow, as in «Watch: How the bridge was built».
    """
    if len(paragraph) > LINE_CHARACTERS:
        return False
    text = paragraph.lstrip(_MARKS)
    head = text[:LABEL_CHARACTERS].casefold()
    call = _first_that_opens(head, _CALLS_BY_OPENING)
    if call is not None and _is_whole(text, len(call)) and _is_no_sentence(text[len(call) :]):
        return True
    label = _first_that_opens(head, _LABELS_BY_OPENING)
    if label is not None and head[len(label) :].lstrip()[:1] in (":", "："):  # noqa: RUF001  # a full-width colon
        return _is_title(text[len(label) :])
    return _NOTICES.match(text.lower()) is not None


def _first_that_opens(head: str, words: Mapping[str, Sequence[str]]) -> str | None:
    return next((word for word in words.get(head[:OPENING], ()) if head.startswith(word)), None)


def _is_whole(text: str, end: int) -> bool:
    """Whether a label ends at `end`: where a word ends, where a scraper glued a name to it, or in a script without spaces."""
    after, last = text[end : end + 1], text[end - 1]
    return not after.isalnum() or (after.isupper() and last.islower()) or last.lower() == last.upper()


def _is_no_sentence(rest: str) -> bool:
    """Whether what follows a call can be its title. «Read more than one book a week, she said.» goes on as a sentence."""
    after = rest.lstrip()
    return not (after[:1].islower() and "," in after and after[-1:] in '."”' and ":" not in after[:3])


def _is_title(rest: str) -> bool:
    """Whether what follows the colon of a label is a title or nothing: no full stop, and not long."""
    title = rest.strip(" :：")  # noqa: RUF001  # a full-width colon
    return len(title.split()) <= TITLE_WORDS and not title.endswith((".", '."', ".”", "。"))


def without_inner_chrome(paragraph: str) -> str:
    """`paragraph` without what a scraper left inside it: «[Gambas:Video …]», «SCROLL TO CONTINUE …», a «Baca juga» at its end."""
    if _INNER_HINT.search(paragraph) is not None:
        paragraph = _INNER.sub(" ", paragraph).strip()
    return _TAIL.sub("", paragraph) if len(paragraph) > LABEL_CHARACTERS else paragraph


def is_chrome(line: str) -> bool:
    """Whether `line` is nothing but a button or a label of a page («AA», «Share») or the initials of its makers («(abc/def)»)."""
    return len(line) <= LABEL_CHARACTERS and (_WHOLE_LINES.fullmatch(_COLLAPSED.sub("", line.lower())) is not None or is_initials(line))


def ends_article(line: str) -> bool:
    """Whether `line` opens what a page prints below an article («Berita Populer», «Related stories», «© 2025»)."""
    return len(line) <= LINE_CHARACTERS and _ENDS.match(line.lower()) is not None


def promises_a_title(line: str) -> bool:
    """Whether a promotion ends where the title of another article follows on the next line («Baca juga:»)."""
    return len(line) <= LINE_CHARACTERS and _PROMISES_A_TITLE.fullmatch(line) is not None
