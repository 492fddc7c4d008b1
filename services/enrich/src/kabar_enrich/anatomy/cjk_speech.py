"""Speakers in Chinese, Japanese, Korean, Hindi and Arabic, whose letters have no case: by the fixed place of the name."""

import re
from typing import Final

from kabar_enrich.anatomy.speech import Speech

_CHINESE: Final = re.compile(
    r"(?P<name>[\u4e00-\u9fff\u00b7]{2,16})(?:\u5bf9\u8bb0\u8005|\u544a\u8bc9\u8bb0\u8005|\u5c0d\u8a18\u8005)?"
    r"(?:\u8bf4|\u8868\u793a|\u79f0|\u6307\u51fa|\u5f3a\u8c03|\u8ba4\u4e3a|\u5199\u9053|\u8bf4\u9053|\u8aaa|\u7a31|\u5f37\u8abf|\u8a8d\u70ba)[\uff0c,\uff1a:]\s*$"
)
_CHINESE_TITLE: Final = re.compile(
    r".*(?:\u53d1\u8a00\u4eba|\u767c\u8a00\u4eba|\u603b\u7edf|\u7e3d\u7d71|\u90e8\u957f|\u90e8\u9577|\u4e3b\u5e2d|\u603b\u7406|\u7e3d\u7406|\u6559\u6388|\u5e02\u957f|\u5e02\u9577"
    r"|\u7701\u957f|\u4e3b\u4efb|\u5c40\u957f|\u5c40\u9577|\u9662\u957f|\u7ecf\u7406|\u7d93\u7406|\u4e13\u5bb6|\u5c08\u5bb6|\u5c45\u6c11|\u8bb0\u8005)"
)
_JAPANESE_AFTER: Final = re.compile(
    r"\s*(?:\u306a\u3069)?\u3068(?:\u8a71|\u8ff0\u3079|\u8a9e|\u8aac\u660e|\u5f37\u8abf|\u6307\u6458|\u30b3\u30e1\u30f3\u30c8|\u8a00|\u660e\u304b)"
)
_JAPANESE_BEFORE: Final = re.compile(
    r"(?P<name>[\u3400-\u9fff\u30a0-\u30ff\u30fb\u3040-\u309f]{2,12}?)(?:\u3055\u3093|\u6c0f|\u793e\u9577|\u9996\u76f8|\u5927\u7d71\u9818|\u6559\u6388|\u77e5\u4e8b|\u5e02\u9577|\u5927\u81e3|\u4f1a\u9577)"
    r"(?:[(\uff08]\d+[)\uff09])?(?:\u306f|\u304c)\u3001?\s*$"
)
_KOREAN_AFTER: Final = re.compile(
    r"\s*(?:\uc774?\ub77c\uba70|\uc774?\ub77c\uace0|\uace0)\s?\S{0,8}\s?(?:\ub9d0|\ubc1d|\uc804|\uac15\uc870|\uc124\uba85|\ub367\ubd99)"
)
_KOREAN_BEFORE: Final = re.compile(
    r"(?:^|[\s.])(?P<name>[\uac00-\ud7a3]{2,4})(?:\s[\uac00-\ud7a3]{1,10}){0,3}?(?:\uc740|\ub294|\uc774|\uac00)\s+(?:\S+\s){0,4}$"
)
_HINDI: Final = re.compile(
    r"(?P<name>[\u0900-\u097f]+(?:\s[\u0900-\u097f]+){0,2})\s\u0928\u0947\s(?:\S+\s){0,3}\u0915\u0939\u093e[^\u0964]{0,12}$"
)
_ARABIC: Final = re.compile(
    r"(?:\u0648?\u0642\u0627\u0644\u062a?|\u0648?\u0623\u0636\u0627\u0641\u062a?|\u0648?\u0623\u0643\u062f\u062a?|\u0648?\u0635\u0631\u062d\u062a?)\s"
    r"(?P<name>[\u0621-\u064a]+(?:\s[\u0621-\u064a]+){0,3}?)\s*(?:[:\u060c]|\u0625\u0646)\s*[^.]{0,20}$"
)
BEFORE_CHARACTERS: Final = 80
CHINESE_NAME: Final = 4
_UNCASED_START: Final = "\u0600"


def speaker_in_unspaced(text: str, speech: Speech) -> str | None:
    """The speaker of a quotation in a script without capitals, where a verb of saying and the name stand where they usually do."""
    before = text[max(0, speech.start - BEFORE_CHARACTERS) : speech.start]
    after = text[speech.end : speech.end + BEFORE_CHARACTERS]
    if max(before[-20:] + after[:20], default="") < _UNCASED_START:
        return None
    if _JAPANESE_AFTER.match(after) is not None:
        found = _JAPANESE_BEFORE.search(before)
    elif _KOREAN_AFTER.match(after) is not None:
        found = _KOREAN_BEFORE.search(before)
    else:
        found = _HINDI.search(before) or _ARABIC.search(before)
        if found is None:
            return _chinese(before)
    return None if found is None else found["name"]


def _chinese(before: str) -> str | None:
    found = _CHINESE.search(before)
    if found is None:
        return None
    name = _CHINESE_TITLE.sub("", found["name"])
    return name if 2 <= len(name) <= CHINESE_NAME or "\u00b7" in name else None  # noqa: PLR2004  # Chinese names have two to four characters
