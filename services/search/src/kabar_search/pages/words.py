"""Every word that the page says, in Indonesian and English."""

from typing import Final, Literal

UiLanguage = Literal["id", "en"]
UI_LANGUAGES: Final[tuple[UiLanguage, ...]] = ("id", "en")
UI_NAMES: Final[dict[UiLanguage, str]] = {"id": "Bahasa Indonesia", "en": "English"}

MONTHS: Final[dict[UiLanguage, tuple[str, ...]]] = {
    "id": ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"),
}

TEXTS: Final[dict[str, dict[UiLanguage, str]]] = {
    "tagline": {"id": "Cari berita, dan apa yang dikatakannya tentang AI", "en": "Search the news, and what it says about AI"},
    "to_content": {"id": "Langsung ke hasil", "en": "Skip to results"},
    "search": {"id": "Cari", "en": "Search"},
    "search_label": {"id": "Cari berita", "en": "Search articles"},
    "search_hint": {
        "id": 'Semua kata harus ada. «"frasa persis"», OR, NOT, awal kata*',
        "en": 'All words must occur. «"exact phrase"», OR, NOT, beginning*',
    },
    "from": {"id": "Dari", "en": "From"},
    "to": {"id": "Sampai", "en": "To"},
    "sort": {"id": "Urutan", "en": "Order"},
    "sort_relevance": {"id": "Paling sesuai", "en": "Best match"},
    "sort_newest": {"id": "Terbaru", "en": "Newest first"},
    "sort_oldest": {"id": "Terlama", "en": "Oldest first"},
    "filters": {"id": "Saring", "en": "Narrow down"},
    "active_filters": {"id": "Saringan aktif", "en": "Active filters"},
    "remove": {"id": "hapus saringan", "en": "remove filter"},
    "clear": {"id": "Hapus semua", "en": "Clear all"},
    "not": {"id": "bukan", "en": "not"},
    "facet_ai": {"id": "Pernyataan tentang AI", "en": "What it says about AI"},
    "facet_source": {"id": "Sumber", "en": "Source"},
    "facet_language": {"id": "Bahasa", "en": "Language"},
    "facet_time": {"id": "Waktu terbit", "en": "Published"},
    "chip_ai": {"id": "AI", "en": "AI"},
    "chip_source": {"id": "Sumber", "en": "Source"},
    "chip_language": {"id": "Bahasa", "en": "Language"},
    "facet_rest": {"id": "Hanya {count} nilai terbanyak ditampilkan.", "en": "Only the {count} most frequent are shown."},
    "time_day": {"id": "24 jam terakhir", "en": "Last 24 hours"},
    "time_week": {"id": "7 hari terakhir", "en": "Last 7 days"},
    "time_month": {"id": "30 hari terakhir", "en": "Last 30 days"},
    "articles_one": {"id": "{count} artikel", "en": "{count} article"},
    "articles": {"id": "{count} artikel", "en": "{count} articles"},
    "results_for": {"id": "untuk", "en": "for"},
    "page_of": {"id": "halaman {page} dari {pages}", "en": "page {page} of {pages}"},
    "nothing": {"id": "Tidak ada artikel yang cocok.", "en": "No article matches."},
    "nothing_hint": {
        "id": "Coba kata yang lebih sedikit atau lebih umum, atau hapus saringan.",
        "en": "Try fewer or more common words, or remove a filter.",
    },
    "previous": {"id": "Sebelumnya", "en": "Previous"},
    "next": {"id": "Berikutnya", "en": "Next"},
    "pages": {"id": "Halaman hasil", "en": "Pages of results"},
    "untitled": {"id": "Tanpa judul", "en": "Untitled"},
    "received": {"id": "diterima", "en": "received"},
    "published": {"id": "Terbit", "en": "Published"},
    "updated": {"id": "Diperbarui", "en": "Updated"},
    "by": {"id": "Oleh", "en": "By"},
    "editor": {"id": "Penyunting", "en": "Editor"},
    "original": {"id": "Baca di {host}", "en": "Read it at {host}"},
    "back": {"id": "Kembali ke pencarian", "en": "Back to search"},
    "as_json": {"id": "Data artikel ini (JSON)", "en": "This article's data (JSON)"},
    "results_as_json": {"id": "Hasil ini sebagai JSON", "en": "These results as JSON"},
    "keywords": {"id": "Kata kunci", "en": "Keywords"},
    "documentation": {"id": "Dokumentasi API", "en": "API documentation"},
    "ui_language": {"id": "Bahasa tampilan", "en": "Language of this page"},
    "footer": {
        "id": "Kabar mencatat apa yang dinyatakan artikel tentang penggunaan AI. Tanpa pernyataan bukan berarti tanpa AI.",
        "en": "Kabar notes what articles state about their use of AI. No statement does not mean no AI.",
    },
    "disclosure": {"id": "Apa yang dikatakan artikel ini tentang AI", "en": "What this article says about AI"},
    "evidence": {"id": "Bunyinya", "en": "In its words"},
    "found_in": {"id": "Ditemukan di", "en": "Found in"},
    "what": {"id": "AI dipakai untuk", "en": "AI was used for"},
    "about": {"id": "Bagian", "en": "Part"},
    "review": {"id": "Peran manusia", "en": "Human part"},
    "tools": {"id": "Alat", "en": "Tools"},
    "looked_at": {"id": "Yang diperiksa", "en": "Looked at"},
    "conflict": {
        "id": "Pernyataan-pernyataannya saling bertentangan.",
        "en": "Its statements contradict each other.",
    },
    "terms": {"id": "Istilah dalam standar lain", "en": "Terms in other standards"},
    "fit_exact": {
        "id": "Satu istilah per standar mengatakan apa yang dikatakan artikel.",
        "en": "One term in each standard says what the article says.",
    },
    "fit_candidates": {
        "id": "Artikel tidak cukup rinci untuk satu istilah; semua kemungkinan dicantumkan.",
        "en": "The article is not specific enough for one term; all that are possible are listed.",
    },
    "fit_none": {"id": "Tidak ada istilah yang sesuai.", "en": "No term fits."},
    "opens_elsewhere": {"id": "situs lain", "en": "another site"},
    "dropped_evidence": {
        "id": "Kalimat ini tidak termasuk dalam teks artikel di bawah.",
        "en": "This sentence is not part of the article's text below.",
    },
    "unknown_title": {"id": "Artikel tidak ditemukan", "en": "No such article"},
    "unknown_text": {"id": "Tidak ada artikel dengan alamat ini.", "en": "There is no article at this address."},
    "gone_title": {"id": "Artikel ini telah ditarik", "en": "This article was taken down"},
    "gone_since": {"id": "Ditarik pada", "en": "Taken down at"},
    "gone_reason": {"id": "Alasan", "en": "Reason"},
    "unavailable_title": {"id": "Pencarian sedang tidak tersedia", "en": "Search is not available right now"},
    "unavailable_text": {
        "id": "Indeks sedang tidak dapat menjawab. Silakan muat ulang halaman ini sebentar lagi.",
        "en": "The index cannot answer at the moment. Please reload this page in a little while.",
    },
    "not_found_title": {"id": "Halaman tidak ditemukan", "en": "Page not found"},
    "not_found_text": {"id": "Tidak ada apa-apa di alamat ini.", "en": "Nothing is at this address."},
    "failed_title": {"id": "Terjadi kesalahan", "en": "Something went wrong"},
    "failed_text": {
        "id": "Kesalahan ini telah dicatat dan bukan salah Anda.",
        "en": "The failure was noted. It was not your mistake.",
    },
    "method_title": {"id": "Hanya untuk dibaca", "en": "Read only"},
    "method_text": {"id": "Layanan ini hanya menjawab GET.", "en": "This service only answers GET."},
    "faults_title": {"id": "Pencarian ini tidak dapat dijalankan", "en": "This search cannot be run"},
}

STATUSES: Final[dict[str, dict[UiLanguage, str]]] = {
    "disclosed_ai_used": {"id": "Menyatakan memakai AI", "en": "Says AI was used"},
    "disclosed_no_ai": {"id": "Menyatakan tanpa AI", "en": "Says no AI was used"},
    "disclosed_mixed": {"id": "Menyatakan sebagian memakai AI, sebagian tidak", "en": "Says AI was used in part, and not in part"},
    "ambiguous": {"id": "Pernyataan tentang AI tidak jelas", "en": "Statement about AI is unclear"},
    "none_found": {"id": "Tidak ditemukan pernyataan tentang AI", "en": "No statement about AI found"},
    "not_assessed": {"id": "Pernyataan tentang AI belum diperiksa", "en": "Not examined for statements about AI"},
}

AI_FILTERS: Final[dict[str, dict[UiLanguage, str]]] = {
    "disclosed": {"id": "Menyatakan memakai AI", "en": "Says AI was used"},
    "denied": {"id": "Menyatakan tanpa AI", "en": "Says no AI was used"},
    "mixed": {"id": "Sebagian AI, sebagian tidak", "en": "Partly AI, partly not"},
    "ambiguous": {"id": "Tidak jelas", "en": "Unclear"},
    "none_found": {"id": "Tanpa pernyataan", "en": "No statement found"},
    "not_assessed": {"id": "Belum diperiksa", "en": "Not examined"},
}

ACTIVITIES: Final[dict[str, dict[UiLanguage, str]]] = {
    "generated": {"id": "membuat", "en": "generating"},
    "drafted": {"id": "menyusun draf", "en": "drafting"},
    "assisted_unspecified": {"id": "membantu, tanpa rincian", "en": "assisting, not specified"},
    "translated": {"id": "menerjemahkan", "en": "translating"},
    "summarised": {"id": "meringkas", "en": "summarising"},
    "edited_improved": {"id": "menyunting atau menyempurnakan", "en": "editing or improving"},
    "illustrated": {"id": "membuat ilustrasi", "en": "illustrating"},
    "voiced": {"id": "mengisi suara", "en": "voicing"},
    "video_avatar": {"id": "membuat video atau avatar", "en": "making video or an avatar"},
    "transcribed": {"id": "mentranskripsi", "en": "transcribing"},
    "data_analysed": {"id": "menganalisis data", "en": "analysing data"},
    "researched": {"id": "meneliti", "en": "researching"},
    "fact_checked": {"id": "memeriksa fakta", "en": "checking facts"},
    "metadata_tagged": {"id": "memberi metadata", "en": "tagging metadata"},
    "personalised": {"id": "menyesuaikan untuk pembaca", "en": "personalising"},
    "automated_nonai": {"id": "otomatisasi tanpa AI", "en": "automation without AI"},
    "none": {"id": "tidak untuk apa pun", "en": "nothing"},
    "unspecified": {"id": "tidak dirinci", "en": "not specified"},
}

OBJECTS: Final[dict[str, dict[UiLanguage, str]]] = {
    "article_text": {"id": "teks artikel", "en": "text of the article"},
    "headline": {"id": "judul", "en": "headline"},
    "summary_box": {"id": "kotak ringkasan", "en": "summary box"},
    "translation": {"id": "terjemahan", "en": "translation"},
    "image": {"id": "gambar", "en": "image"},
    "audio": {"id": "audio", "en": "audio"},
    "video": {"id": "video", "en": "video"},
    "data_graphic": {"id": "grafik data", "en": "data graphic"},
    "metadata": {"id": "metadata", "en": "metadata"},
    "comments": {"id": "komentar", "en": "comments"},
    "chatbot": {"id": "chatbot", "en": "chatbot"},
    "whole_article": {"id": "seluruh artikel", "en": "whole article"},
    "unspecified": {"id": "tidak dirinci", "en": "not specified"},
}

REVIEWS: Final[dict[str, dict[UiLanguage, str]]] = {
    "human_validated": {"id": "diperiksa manusia", "en": "checked by a person"},
    "human_edited": {"id": "disunting manusia", "en": "edited by a person"},
    "supervised_unspecified": {"id": "diawasi, tanpa rincian", "en": "supervised, not specified"},
    "partial_review": {"id": "diperiksa sebagian", "en": "checked in part"},
    "explicitly_none": {"id": "dinyatakan tidak diperiksa manusia", "en": "stated: not checked by a person"},
    "not_stated": {"id": "tidak disebutkan", "en": "not stated"},
}

CHANNELS: Final[dict[str, dict[UiLanguage, str]]] = {
    "body_text": {"id": "teks yang terlihat", "en": "visible text"},
    "html_meta": {"id": "meta HTML", "en": "HTML meta element"},
    "html_attr": {"id": "atribut HTML", "en": "HTML attribute"},
    "json_ld": {"id": "data terstruktur (JSON-LD)", "en": "structured data (JSON-LD)"},
    "http_header": {"id": "header HTTP", "en": "HTTP header"},
    "c2pa": {"id": "manifes C2PA", "en": "C2PA manifest"},
    "producer_field": {"id": "isian pengirim", "en": "producer's field"},
    "feed_field": {"id": "isian umpan", "en": "feed's field"},
}

POSITIONS: Final[dict[str, dict[UiLanguage, str]]] = {
    "title": {"id": "judul", "en": "title"},
    "byline": {"id": "baris penulis", "en": "byline"},
    "opening": {"id": "pembuka", "en": "opening"},
    "body": {"id": "isi", "en": "body"},
    "closing": {"id": "penutup", "en": "closing"},
    "caption": {"id": "keterangan gambar", "en": "caption"},
    "after_article": {"id": "di bawah artikel", "en": "below the article"},
    "hidden": {"id": "tidak terlihat pembaca", "en": "hidden from readers"},
}

LANGUAGE_NAMES: Final[dict[str, dict[UiLanguage, str]]] = {
    "id": {"id": "Indonesia", "en": "Indonesian"},
    "en": {"id": "Inggris", "en": "English"},
    "ms": {"id": "Melayu", "en": "Malay"},
    "jv": {"id": "Jawa", "en": "Javanese"},
    "su": {"id": "Sunda", "en": "Sundanese"},
    "de": {"id": "Jerman", "en": "German"},
    "fr": {"id": "Prancis", "en": "French"},
    "es": {"id": "Spanyol", "en": "Spanish"},
    "pt": {"id": "Portugis", "en": "Portuguese"},
    "it": {"id": "Italia", "en": "Italian"},
    "nl": {"id": "Belanda", "en": "Dutch"},
    "sv": {"id": "Swedia", "en": "Swedish"},
    "no": {"id": "Norwegia", "en": "Norwegian"},
    "nb": {"id": "Norwegia (Bokmål)", "en": "Norwegian (Bokmål)"},
    "nn": {"id": "Norwegia (Nynorsk)", "en": "Norwegian (Nynorsk)"},
    "da": {"id": "Denmark", "en": "Danish"},
    "fi": {"id": "Finlandia", "en": "Finnish"},
    "pl": {"id": "Polandia", "en": "Polish"},
    "cs": {"id": "Ceko", "en": "Czech"},
    "tr": {"id": "Turki", "en": "Turkish"},
    "vi": {"id": "Vietnam", "en": "Vietnamese"},
    "th": {"id": "Thai", "en": "Thai"},
    "ru": {"id": "Rusia", "en": "Russian"},
    "uk": {"id": "Ukraina", "en": "Ukrainian"},
    "ar": {"id": "Arab", "en": "Arabic"},
    "hi": {"id": "Hindi", "en": "Hindi"},
    "ja": {"id": "Jepang", "en": "Japanese"},
    "ko": {"id": "Korea", "en": "Korean"},
    "zh": {"id": "Tionghoa", "en": "Chinese"},
    "und": {"id": "tidak diketahui", "en": "unknown"},
}

_KINDS: Final = {
    "status": STATUSES,
    "ai": AI_FILTERS,
    "activity": ACTIVITIES,
    "object": OBJECTS,
    "review": REVIEWS,
    "channel": CHANNELS,
    "position": POSITIONS,
}


def name_of(value: str, *, kind: str, ui: UiLanguage) -> str:
    """The name of a value of a closed list; the value itself when a newer writer added it."""
    names = _KINDS[kind].get(value)
    return value if names is None else names[ui]


def language_name(tag: str, *, ui: UiLanguage) -> str:
    """The name of a language, with region or script as its tag has it: `English (GB)`. The tag itself when it is not known."""
    primary, _, rest = tag.partition("-")
    names = LANGUAGE_NAMES.get(primary.lower())
    if names is None:
        return tag
    return f"{names[ui]} ({rest})" if rest else names[ui]
