"""Datelines of Chinese, Japanese and Korean agencies, which stand without spaces."""

import re
from datetime import date, timedelta
from typing import Final

from kabar_contracts.enriched import Dateline

_CHINESE: Final = (
    # 新华社北京11月24日电
    r"(?P<source>[\u4e00-\u9fff]{1,4}(?:社|网|網|报|報))(?P<place>[\u4e00-\u9fff]{2,8}?)(?P<month>\d{1,2})月(?P<day>\d{1,2})日[电電讯訊]"
    r"(?:[(\uff08][^)\uff09]{2,30}[)\uff09])?\s*"
)
# 【ワシントン時事】
_JAPANESE: Final = r"【(?P<place>[\u30a0-\u30ff\u4e00-\u9fff]{2,12}?)(?P<source>時事|共同|AFP時事|ロイター)】\s*"
_KOREAN: Final = (
    # (서울=연합뉴스) 홍길동 기자 =
    r"[(\[](?P<place>[가-힣·]{2,12})=(?P<source>[가-힣A-Za-z0-9]{2,12})[)\]]\s*(?:[가-힣]{2,4}(?:\s?[가-힣]{2,4})?\s?기자\s*=\s*)?"
)
_FORMS: Final = tuple(map(re.compile, (_CHINESE, _JAPANESE, _KOREAN)))
YEARS: Final = 5
"""A date without a year is no older."""


def dateline_in_unspaced(text: str, *, reference: date | None) -> tuple[Dateline, int] | None:
    """The dateline with which `text` opens and where it ends, else None. Its year is told from `reference`, a day shortly after."""
    for form in _FORMS:
        match = form.match(text)
        if match is not None:
            parts = match.groupdict()
            day = None
            if reference is not None and parts.get("month"):
                day = _latest(int(parts["month"]), int(parts["day"]), not_after=reference + timedelta(days=1))
            return Dateline(place=parts["place"], source=parts["source"], date=day), match.end()
    return None


def _latest(month: int, day: int, *, not_after: date) -> date | None:
    for year in range(not_after.year, not_after.year - YEARS, -1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found <= not_after:
            return found
    return None
