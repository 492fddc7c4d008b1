"""What was pushed lately: advice for producers, never a reason to drop an article."""

from collections import OrderedDict
from datetime import datetime
from typing import NamedTuple

from kabar_contracts.raw import RawArticle


class Fingerprint(NamedTuple):
    """What makes two pushes the same one."""

    article_id: str
    updated_at: datetime | None
    content_sha256: str


class RecentPushes:
    """The last `size` pushes that this process accepted. Another process knows nothing of them."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._seen: OrderedDict[Fingerprint, None] = OrderedDict()

    def remember(self, article: RawArticle) -> bool:
        """Whether the same push is known already; it is known from now on. A takedown has no content to compare."""
        if article.content_sha256 is None:
            return False
        fingerprint = Fingerprint(article.article_id, article.updated_at, article.content_sha256)
        if fingerprint in self._seen:
            self._seen.move_to_end(fingerprint)
            return True
        self._seen[fingerprint] = None
        if len(self._seen) > self._size:
            self._seen.popitem(last=False)
        return False
