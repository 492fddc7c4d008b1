"""What tag and attributes of an element tell of its content."""

import pytest
from kabar_enrich.markup.hints import hints_of


@pytest.mark.parametrize("tag", ["nav", "footer", "aside", "dialog"])
def test_a_tag_for_what_stands_beside_the_article_is_chrome_of_any_length(tag: str) -> None:
    assert hints_of(tag, "").is_chrome
    assert hints_of(tag, "").is_aside


@pytest.mark.parametrize("tag", ["form", "menu", "button"])
def test_a_form_is_chrome_but_may_be_around_a_whole_page(tag: str) -> None:
    assert hints_of(tag, ' class="x"').is_chrome
    assert not hints_of(tag, ' class="x"').is_aside


@pytest.mark.parametrize("name", ["site-nav", "relatedPosts", "share_bar", "newsletter", "baca-juga", "author-bio", "most-read"])
def test_a_class_that_names_chrome_makes_chrome(name: str) -> None:
    assert hints_of("div", f' class="{name}"').is_chrome
    assert hints_of("div", f' id="{name}"').is_chrome


@pytest.mark.parametrize("name", ["navy-blue", "shareholders", "adventure", "wrapper", "commentary-piece", "read"])
def test_a_class_that_only_begins_like_one_makes_none(name: str) -> None:
    assert not hints_of("div", f' class="{name}"').is_chrome


@pytest.mark.parametrize("tag", ["html", "body", "main", "article"])
def test_what_holds_the_page_is_no_chrome_whatever_its_class(tag: str) -> None:
    assert not hints_of(tag, ' class="has-sidebar newsletter"').is_chrome


@pytest.mark.parametrize("attributes", [' class="article-body"', ' class="post-content"', ' id="storyText"', ' itemprop="articleBody"'])
def test_the_body_of_the_article_is_told_by_its_name(attributes: str) -> None:
    assert hints_of("div", attributes).is_body


def test_a_body_is_no_chrome_although_its_class_names_some() -> None:
    hints = hints_of("div", ' class="article-body with-share"')
    assert hints.is_body
    assert not hints.is_chrome


@pytest.mark.parametrize("attributes", [' hidden=""', ' style="display: none"', ' style="color:red;visibility:hidden"'])
def test_what_nobody_sees_is_hidden(attributes: str) -> None:
    assert hints_of("div", attributes).is_hidden


def test_what_is_seen_is_not_hidden() -> None:
    assert not hints_of("div", ' style="display:block"').is_hidden


@pytest.mark.parametrize("name", ["photo-caption", "image", "gallery"])
def test_a_figure_is_told_by_its_class(name: str) -> None:
    assert hints_of("div", f' class="{name}"').is_figure


def test_comments_may_hold_more_text_than_the_article() -> None:
    assert hints_of("section", ' id="comments"').is_aside
    assert not hints_of("section", ' class="share"').is_aside
