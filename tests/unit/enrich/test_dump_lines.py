"""What the lines of a page dump are, and where among them the article stands. In words of our own."""

from collections.abc import Callable

import pytest
from kabar_contracts.enriched import EnrichedArticle
from kabar_enrich.dumps.boilerplate import speaks_of_the_site
from kabar_enrich.dumps.lines import Line, LineKind, lines_of
from kabar_enrich.dumps.region import region_of

ARTICLE = (
    "The council of the river towns voted on Tuesday to keep the last ferry in service for ten years, after a debate of four hours.",
    "Half of the money comes from the towns themselves, and the rest is lent by the county until the crew is paid off in full.",
    "A first payment is due in spring, when the boiler is replaced and the landing stage on the eastern bank gets a new roof.",
    "The captain had expected less, and told reporters on the pier that he would stay on board for as long as he was wanted.",
)
MENU = ("Home", "News", "Sport", "Weather", "Rowing", "Markets")


def region_text(*lines: str) -> list[str]:
    read = lines_of("\n\n".join(lines))
    first, last = region_of(read)
    return [line.text for line in read[first:last]]


def kinds(*lines: str) -> list[LineKind]:
    return [line.kind for line in lines_of("\n\n".join(lines))]


def test_the_region_is_the_article_between_menu_and_footer() -> None:
    assert region_text(*MENU, *ARTICLE, "© The River Post", *MENU) == list(ARTICLE)


def test_a_list_of_other_articles_within_the_text_does_not_end_it() -> None:
    first, more = ([f"In the {where} it was so: {paragraph}" for paragraph in ARTICLE] for where in ("north", "south"))
    found = region_text(*MENU, *ARTICLE, *first, "Related articles", "Rowing club wins the cup", "Bridge to open in May", *more)
    assert (found[0], found[-1]) == (ARTICLE[0], more[-1])


def test_teasers_below_the_text_are_none_of_it() -> None:
    teasers = [
        line
        for number in range(8)
        for line in (f"Club {number} Wins", "Sport", f"The rowers of club {number} won again on Sunday morning.")
    ]
    assert region_text(*MENU, *ARTICLE, *teasers) == list(ARTICLE)


def test_comments_longer_than_the_article_are_not_taken_for_it() -> None:
    comments = [
        line
        for number in range(20)
        for line in (f"Reader {number} on March 4, 2025 at 4:47 pm said:", f"{number} times I wrote this: {ARTICLE[3]}")
    ]
    assert region_text(*MENU, *ARTICLE, "20 Comments", *comments) == list(ARTICLE)


def test_a_button_to_the_comments_above_the_article_hides_nothing() -> None:
    assert region_text("Comments", *MENU, *ARTICLE) == list(ARTICLE)


def test_a_label_between_all_paragraphs_is_no_end_of_the_text() -> None:
    lines = [line for paragraph in ARTICLE for line in (paragraph, "Story part")]
    found = region_text(*MENU, *lines, "Opinion")
    assert [line for line in found if line != "Story part"] == list(ARTICLE)
    assert LineKind.REPEATED in kinds(*lines)


def test_a_paragraph_that_stands_there_again_is_read_once() -> None:
    assert [line.text for line in lines_of("\n\n".join([*ARTICLE, ARTICLE[0]]))] == list(ARTICLE)


def test_a_dump_without_prose_has_no_region() -> None:
    assert region_of([Line(text, LineKind.HEADING) for text in MENU]) == (0, 0)


@pytest.mark.parametrize(
    "line",
    [
        "We use cookies to improve your experience on this site and to show what may be of interest.",
        "Sign up for our newsletter and get the stories of the river to your inbox.",
        "Hat Ihnen dieser Artikel gefallen? Unterstützen Sie uns mit einer Spende.",
        "Dengan berlangganan Anda menyetujui kebijakan privasi kami.",
        "Wilt u meer lezen? Abonneer u op onze nieuwsbrief en blijf op de hoogte.",
        "Подписывайтесь на наш канал, чтобы не пропустить новости реки.",
        "本サイトの記事の無断転載を禁じます。著作権は川新聞に帰属します。",
    ],
)
def test_a_site_that_speaks_of_itself_is_told_from_the_article(line: str) -> None:
    assert speaks_of_the_site(line, within_text=False)


@pytest.mark.parametrize("line", ARTICLE)
def test_news_is_not_taken_for_the_site_speaking_of_itself(line: str) -> None:
    assert not speaks_of_the_site(line, within_text=False)


def test_one_such_word_within_the_text_is_the_article_s_own() -> None:
    line = "The minister wants every site to ask before it sets cookies."
    assert not speaks_of_the_site(line, within_text=True)
    assert speaks_of_the_site(line, within_text=False)


def test_a_page_without_line_ends_still_gives_its_article(enriched_dump: Callable[..., EnrichedArticle]) -> None:
    text = " ".join([*MENU, *ARTICLE, *(f"{paragraph[:-1]}, said speaker {number}." for number in range(4) for paragraph in ARTICLE)])
    article = enriched_dump(text)
    assert ARTICLE[1] in article.body
    assert ARTICLE[3] in article.body
    assert len(article.blocks) > 4
