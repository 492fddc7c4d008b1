"""What it costs to read one article for disclosures: rules loaded, over the text alone, as the worker does it.

The rival is the least that any reader must do: one scan by `re` for the words without which no rule matches, over the same
text and in the same process, right before or after. Articles are made of the sentences of the language evaluation.
"""

import json
import re
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from kabar_enrich.disclosure.engine import matched, read_text
from kabar_enrich.disclosure.layout import Layout
from kabar_enrich.disclosure.rulebook import TOOL_PARTS, Rulebook, expand, read_rulebook

LANGUAGES: Final = ("id", "en", "ms", "de", "fr", "es", "ru", "tr", "ja", "zh", "ko", "vi")
ARTICLE_BYTES: Final = 4_000
ROUNDS: Final = 100
FLOOR_MS: Final = 0.5
GOAL_MS: Final = 0.2
NEAR_MISSES: Final = {
    "mentions": "AI AI AI, ",
    "statements": "This article was written with our editors. AI is in the image. Konten ini dibuat oleh redaksi dengan gambar AI. ",
    "lines": "The robot was made by AI and the ministry.\n",
}
MEGABYTE: Final = 1_000_000
_SENTENCES: Final = Path(__file__).parents[1] / "evaluation" / "language-sentences.jsonl"


def measure(_: Path) -> dict[str, Any]:
    """Milliseconds an article in each language, without and with a disclosure, and seconds for megabytes of near misses."""
    figures: dict[str, Any] = {"article_bytes": ARTICLE_BYTES, "rounds": ROUNDS, "floor_ms": FLOOR_MS, "goal_ms": GOAL_MS}
    without, disclosing, ratios = [], [], []
    for language in LANGUAGES:
        book = read_rulebook(language)
        plain = article(language, end="")
        ours, theirs = _medians_ms(plain, language=language, rival=rival(book))
        disclosed = article(language, end=book.rules[0].positive[0])
        telling = _medians_ms(disclosed, language=language, rival=rival(book))[0]
        figures[f"{language}: ms without, with"] = f"{ours:.3f}, {telling:.3f} (scan by re {theirs:.3f})"
        without.append(ours)
        disclosing.append(telling)
        ratios.append(ours / theirs)
    return {
        **figures,
        "ms_without": round(statistics.median(without), 3),
        "ms_with": round(statistics.median(disclosing), 3),
        "worst_ms_without": round(max(without), 3),
        "times_of_a_scan_by_re": round(statistics.median(ratios), 2),
        **_near_misses(),
    }


def article(language: str, *, end: str) -> str:
    """Paragraphs of sentences in the language, of `ARTICLE_BYTES` bytes of UTF-8 or a little more, and a last paragraph `end`."""
    rows = [json.loads(line) for line in _SENTENCES.read_text(encoding="utf-8").splitlines()]
    sentences = [row["text"] for row in rows if row["language"] == language]
    paragraphs: list[str] = []
    size = 0
    while size < ARTICLE_BYTES:
        paragraphs.append(sentences[len(paragraphs) % len(sentences)])
        size += len(paragraphs[-1].encode()) + 1
    return "\n".join([*paragraphs, end])


def rival(book: Rulebook) -> Callable[[str], object]:
    """One alternation of the words without which no rule of the language or of English matches."""
    words = [
        expand(f"(?:{pattern})", parts={**each.parts, **TOOL_PARTS}, where=each.language)
        for each in (book, read_rulebook("en"))
        for pattern in each.mentions
    ]
    # `re` has no classes of Unicode.
    return re.compile(f"(?i){'|'.join(words)}".replace(r"\pL", r"[^\W\d_]")).findall


def _medians_ms(text: str, *, language: str, rival: Callable[[str], object]) -> tuple[float, float]:
    """Milliseconds of CPU of both, in turn, after one round that nobody measures."""
    ours, theirs = [], []
    for _ in range(ROUNDS + 1):
        # No article is read twice.
        matched.cache_clear()
        ours.append(_cpu_ms(lambda: read_text(text, layout=Layout(), language=language)))
        theirs.append(_cpu_ms(lambda: rival(text)))
    return statistics.median(ours[1:]), statistics.median(theirs[1:])


def _near_misses() -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for name, near_miss in NEAR_MISSES.items():
        one, five = (_seconds(near_miss * (megabytes * MEGABYTE // len(near_miss))) for megabytes in (1, 5))
        figures[f"5 MB of {name}: s"] = round(five, 2)
        figures[f"5 MB of {name}: times 1 MB"] = round(five / one, 1)
    return figures


def _seconds(text: str) -> float:
    return _cpu_ms(lambda: read_text(text, layout=Layout(), language="id")) / 1_000


def _cpu_ms(act: Callable[[], object]) -> float:
    began = time.process_time()
    act()
    return 1_000 * (time.process_time() - began)
