"""Names of outlets and agencies: what stands beside a name or a place and is neither."""

import re
from typing import Final

DOMAIN: Final = re.compile(
    r"(?:[\w-]+\.)+(?:com|co|id|net|news|org|tv|asia|my|sg|uk|au|in|ph|de|fr|it|es|nl|se|no|dk|fi|pl|cz|br|tr|ru|ua|vn|jp|kr)\b",
    re.IGNORECASE,
)
_AGENCIES_WORDS: Final = """
    aa afp ani ansa antara ap associated.press the.associated.press bbc bbc.news bbc.indonesia bernama bloomberg cna cnn cnn.indonesia cnbc
    cnbc.indonesia detikcom dpa dw efe ians kna kyodo lusa ntb pa.media pap pti reuters ritzau rri sindonews stt swissinfo tass tt upi vna
    vnexpress ttxvn тасс интерфакс риа.новости укринформ yonhap mediamax voa voa.indonesia voi xinhua yonhap
"""
_AGENCIES: Final = frozenset(_AGENCIES_WORDS.split())


def is_outlet(text: str) -> bool:
    """Whether `text` is the name of an agency, or an address of the web («KOMPAS.com», «ANTARA», «CNN Indonesia»)."""
    return DOMAIN.search(text) is not None or is_agency(text)


def is_agency(text: str) -> bool:
    """Whether `text` is the name of an agency or of an outlet that is printed like one."""
    return ".".join(text.casefold().split()) in _AGENCIES
