"""Marks a page that is no article, or not all of one, so that it never passes for an article.

Sources: the kinds of pages in the contract; `markup.page_kind` says by what each is known.
"""

from dataclasses import replace
from typing import Final

from kabar_contracts.enriched import PageKind

from kabar_enrich.draft import Draft
from kabar_enrich.markup.page import read_page

_NO_ARTICLES: Final = {
    PageKind.FRONT: "a list of articles",
    PageKind.ERROR: "an error",
    PageKind.GALLERY: "a gallery of pictures",
    PageKind.VIDEO: "a video",
}
_OTHERS_WORDS: Final = frozenset({PageKind.FRONT, PageKind.ERROR})
"""What stands on these is of other articles, or of no one."""
_POINTER: Final = "/page_kind"


def mark_page(draft: Draft) -> Draft:
    """The draft with what is to be said of its page; without body, names and times where they are of no article.

    The title and the text as received stay, so that whoever looks into it sees what it was.
    """
    if draft.html is None:
        return draft
    if read_page(draft.html).is_cut:
        draft = draft.warned("page_bounded", "nesting or attributes beyond what news sites write were left out of this page")
    if draft.page_kind is PageKind.PAYWALL_STUB:
        return draft.warned("article_cut_off", "the rest of the article is for subscribers", pointer="/body")
    what = _NO_ARTICLES.get(draft.page_kind)
    if what is None:
        return draft
    if draft.page_kind in _OTHERS_WORDS:
        draft = replace(draft, blocks=(), captions=(), authors=(), editors=(), published_at=None, updated_at=None)
    return draft.warned("no_article", f"this page is {what}", pointer=_POINTER)
