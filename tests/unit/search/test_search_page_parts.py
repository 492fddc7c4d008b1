import re
from importlib import resources
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from kabar_contracts.disclosure import vocabulary
from kabar_search.pages import words
from kabar_search.pages.links import address, toggled, web_address, without
from kabar_search.pages.rendering import marked, moment_text, preferred_language
from kabar_search.parameter_table import AiFilter
from kabar_search.parameters import Choice

JAKARTA = ZoneInfo("Asia/Jakarta")


@pytest.mark.parametrize(
    ("names", "values"),
    [
        (words.STATUSES, get_args(vocabulary.Status)),
        (words.ACTIVITIES, get_args(vocabulary.Activity)),
        (words.OBJECTS, get_args(vocabulary.Object)),
        (words.REVIEWS, get_args(vocabulary.ReviewClaim)),
        (words.CHANNELS, get_args(vocabulary.Channel)),
        (words.POSITIONS, get_args(vocabulary.PositionClass)),
        (words.AI_FILTERS, tuple(AiFilter)),
    ],
)
def test_every_value_of_a_closed_list_has_a_name_in_both_languages(names: dict[str, dict[str, str]], values: tuple[str, ...]) -> None:
    assert set(names) == set(values)
    assert all(name[language] for name in names.values() for language in words.UI_LANGUAGES)


def test_every_text_that_a_template_names_exists() -> None:
    templates = resources.files("kabar_search.pages") / "templates"
    named = {name for file in templates.iterdir() for name in re.findall(r"\btext\.([a-z_]+)", file.read_text(encoding="utf-8"))}

    assert named - set(words.TEXTS) == set()


def test_no_text_is_without_a_translation() -> None:
    assert [name for name, texts in words.TEXTS.items() if set(texts) != set(words.UI_LANGUAGES) or not all(texts.values())] == []


def test_a_value_that_a_newer_writer_added_is_shown_as_it_is() -> None:
    assert words.name_of("hologram", kind="object", ui="id") == "hologram"


@pytest.mark.parametrize(("tag", "name"), [("id", "Indonesian"), ("en-GB", "English (GB)"), ("tlh", "tlh"), ("und", "unknown")])
def test_a_language_is_named_with_its_region(tag: str, name: str) -> None:
    assert words.language_name(tag, ui="en") == name


def test_a_highlight_keeps_its_marks_and_nothing_else() -> None:
    hostile = '<script>x</script> <mark>kopi</mark> &lt;b&gt; <mark onclick="x">teh</mark>'

    assert marked(hostile) == ("&lt;script&gt;x&lt;/script&gt; <mark>kopi</mark> &lt;b&gt; &lt;mark onclick=&#34;x&#34;&gt;teh</mark>")


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://warta.example/a?b=c", True),
        ("HTTP://warta.example/", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//warta.example/", False),
        ("https:///path", False),
        ("https://[broken", False),
        (None, False),
    ],
)
def test_only_web_addresses_become_links(url: str | None, safe: bool) -> None:  # noqa: FBT001 - pytest passes parameters by name
    assert web_address(url) == (url if safe else None)


def test_an_address_can_be_read() -> None:
    assert address("/", {"q": "harga kopi", "source": "a.example,!b.example", "page": None, "ui": ""}) == (
        "/?q=harga+kopi&source=a.example,!b.example"
    )


def test_what_people_type_cannot_break_an_address() -> None:
    assert address("/", {"q": '"&x=1#<'}) == "/?q=%22%26x=1%23%3C".replace("x=1", "x%3D1")


def test_a_link_adds_a_value_or_takes_it_away() -> None:
    assert toggled(Choice(("a",), ("b",)), "b") == Choice(("a", "b"))
    assert toggled(Choice(("a", "b")), "a") == Choice(("b",))
    assert without(Choice(("a",), ("b",)), "b") == Choice(("a",))


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "id"),
        ("en-GB,en;q=0.9", "en"),
        ("de,id;q=0.5,en;q=0.7", "en"),
        ("in-ID", "id"),
        ("de-AT", "id"),
        ("en;q=broken", "id"),
        ("en;q=0", "id"),
    ],
)
def test_the_page_speaks_the_language_that_a_browser_prefers(header: str, language: str) -> None:
    assert preferred_language(header, default="id") == language


def test_a_moment_is_written_in_the_zone_and_language_of_the_reader() -> None:
    assert moment_text("2026-05-03T18:30:00Z", zone=JAKARTA, ui="id") == "4 Mei 2026, 01.30 WIB"
    assert moment_text("2026-05-03T18:30:00Z", zone=ZoneInfo("America/Sao_Paulo"), ui="en") == "3 May 2026, 15:30 UTC-03"
