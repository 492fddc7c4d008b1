"""What pages say when they have no article, or only the beginning of one, in the languages of the outlets that are known."""

import re
from typing import Final

import re2  # type: ignore[import-untyped]  # ships no types

_NUMBER: Final = r"(?:error\s*|http\s*)?(?:404|403|410|500|502|503|504)(?:\s*error)?"
_NO_PAGE_PHRASES: Final = (
    r"(?:the |this )?(?:page|article|content) (?:(?:can(?:no|['’])t|could not) be found|not found)",  # noqa: RUF001
    r"(?:the |this )?(?:page|article|content) (?:(?:is )?not available|unavailable|no longer exists|does(?: not|n['’]t) exist)",  # noqa: RUF001
    r"(?:halaman|laman|artikel) (?:yang anda cari )?(?:tidak|tak) (?:ditemukan|dijumpai|tersedia)",
    r"seite (?:wurde )?nicht gefunden",
    r"page (?:introuvable|non trouvée)",
    r"p[áa]gina no encontrada",
    r"p[áa]gina n[ãa]o encontrada",
    r"pagina non trovata",
    r"pagina niet gevonden",
    r"sidan (?:hittades inte|kunde inte hittas)",
    r"siden (?:blev ikke fundet|ble ikke funnet|findes ikke)",
    r"sivua ei löytynyt",
    r"nie znaleziono strony",
    r"strona nie istnieje",
    r"stránka nenalezena",
    r"страница не найдена",
    r"сторінку не знайдено",
    r"sayfa bulunamadı",  # noqa: RUF001
    r"ページが見つかりません",
    r"页面不存在",
    r"找不到(?:页面|頁面)",
    r"页面未找到",
    r"페이지를 찾을 수 없습니다",
    r"không tìm thấy trang",
    r"ไม่พบหน้า\w*",
    r"الصفحة غير موجودة",
    r"(?:please )?verify (?:that )?you are (?:a )?human",
    r"are you a (?:robot|human)",
    r"checking your browser[\w ]*",
    r"service (?:temporarily )?unavailable",
    r"internal server error",
    r"bad gateway",
    r"gateway time-?out",
)
_NO_PAGE: Final = "|".join(_NO_PAGE_PHRASES)
_BARE: Final = (
    r"not found|access denied|akses ditolak|forbidden|just a moment|attention required|too many requests|request blocked|"
    r"something went wrong"
)
IS_ERROR: Final = re.compile(rf"\W*(?:{_NUMBER})?\W*(?:{_NO_PAGE})\W*(?:{_NUMBER})?\W*", re.IGNORECASE)
"""To match all of a title: of an error, however much text is below."""
MAY_BE_ERROR: Final = re.compile(rf"\W*(?:{_NUMBER}|(?:{_NUMBER})?\W*(?:{_BARE}))\W*", re.IGNORECASE)
"""To match all of a title: of an error when there is little text."""
NAMES_ERROR: Final = re.compile(rf"(?<!\w)(?:{_NO_PAGE})(?!\w)", re.IGNORECASE)
"""To find in a title: of an error when there is little text."""

_WALL_PHRASES: Final = (
    r"(?:subscribe|subscription|sign ?up|sign in|log in|register) (?:now |today |here )?to (?:continue|keep|read|unlock)",
    r"(?:this|the) (?:article|story|content) is (?:only )?(?:for|available to|reserved for) (?:our )?(?:paying )?(?:subscribers|members)",
    r"to (?:continue|keep) reading",
    r"you['’]ve reached your (?:article )?limit",  # noqa: RUF001
    r"(?:berlangganan|langganan|masuk|daftar)\w* (?:sekarang )?(?:untuk|agar) (?:dapat |bisa )?(?:melanjutkan|membaca|mengakses)",
    r"(?:artikel|konten|berita) (?:ini )?(?:khusus|hanya) (?:untuk|bagi) pelanggan",
    r"langgan (?:sekarang )?untuk (?:terus )?membaca",
    r"jetzt (?:weiterlesen|abonnieren)",
    r"weiterlesen mit",
    r"(?:artikel|inhalt) (?:ist )?(?:nur )?für abonnenten",
    r"(?:cet )?article (?:est )?réservé (?:à nos|aux) abonnés",
    r"abonnez-vous pour (?:lire|continuer)",
    r"(?:suscríbete|suscríbase|hazte suscriptor) para (?:seguir|continuar|leer)",
    r"contenido exclusivo para suscriptores",
    r"(?:conteúdo|matéria) exclusiv[oa] para assinantes",
    r"assine para (?:continuar|ler)",
    r"abbonati per (?:continuare|leggere)",
    r"riservato agli abbonati",
    r"alleen (?:voor|toegankelijk voor) abonnees",
    r"lees verder met",
    r"для подписчиков",
    r"有料会員限定",
    r"この記事は会員限定",
    r"订阅后(?:继续)?阅读",
    r"구독자 전용",
)
WALL: Final = re2.compile(f"(?i){'|'.join(_WALL_PHRASES)}")
"""A notice that the rest is for those who pay or sign in. RE2 takes a fiftieth of the time of `re` for so many phrases."""

LIVE_TITLE: Final = re.compile(
    r"^\W*(?:live\b(?:\s+(?:updates?|blog|news|coverage|report))?\s*[:|–—-]|live (?:updates|blog)\b)|"  # noqa: RUF001  # dashes of all kinds
    r"\b(?:live updates|live blog|liveblog|liveticker|as it happened|live report|en direct|en vivo|minuto a minuto|ao vivo)\b",
    re.IGNORECASE,
)
"""A title of live coverage."""
