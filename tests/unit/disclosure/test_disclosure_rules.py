"""The rules as data: each rule's own examples, and what a file of rules must be."""

import re

import pytest
from kabar_enrich.disclosure.engine import read_text
from kabar_enrich.disclosure.layout import Layout
from kabar_enrich.disclosure.rulebook import Rulebook, RuleError, expand, languages, toolbox
from kabar_enrich.disclosure.segments import CREDITED_TOOL
from kabar_enrich.disclosure.tools import tools_in, with_tools_marked


def methods(text: str, *, language: str) -> set[str]:
    return {one.method for one in read_text(text, layout=Layout(), language=language) if one.counts}


def test_indonesian_and_english_have_rules() -> None:
    assert {"id", "en"} <= set(languages())


def test_every_tool_is_found_by_its_own_name() -> None:
    names = {tool.name for tool in toolbox().tools} - {
        "Imagen",
        "Veo",
        "GPT",
        "Freepik AI",
        "Canva Magic Studio",
        "Otter",
        "Runway",
        "Suno",
        "Flux",
    }

    assert {name for name in names if name not in {tool.name for tool in tools_in(name)}} == set()


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("chatgpt", "ChatGPT"),
        ("ChatGPT-5.2", "ChatGPT"),
        ("gpt-4", "GPT"),
        ("Claude Code", "Claude"),
        ("Claude Opus 4.5", "Claude"),
        ("Claude.ai", "Claude"),
        ("Claude (Anthropic)", "Claude"),
        ("Claude Fable 5", "Claude"),
        ("Claude-28", "Claude"),
        ("Claude (Fable 5 + notes)", "Claude"),
        ("claude code", "Claude"),
        ("GPT-5.2-Codex", "GPT"),
        ("Google translator", "Google Translate"),
        ("stable diffusion", "Stable Diffusion"),
        ("Gemini 2.5 Pro", "Gemini"),
        ("Notebook LM", "NotebookLM"),
        ("Nano Banana 2", "Nano Banana"),
    ],
)
def test_a_tool_in_any_of_its_spellings_is_taken_whole_and_for_no_person(written: str, name: str) -> None:
    assert [(tool.name, tool.raw) for tool in tools_in(f"by {written}, then")] == [(name, written)]
    assert with_tools_marked(f"by {written}, then") == f"by {CREDITED_TOOL * len(written)}, then"


def test_a_part_that_is_not_there_is_named() -> None:
    with pytest.raises(RuleError, match=r"xx\.toml, xx\.rule: there is no part «missing»"):
        expand("this {missing}", parts={}, where="xx.toml, xx.rule")


def test_a_part_that_holds_itself_is_refused() -> None:
    with pytest.raises(RuleError, match="holds itself"):
        expand("{loop}", parts={"loop": "again {loop}"}, where="xx.toml")


def test_a_space_in_brackets_stays_a_space() -> None:
    assert re.fullmatch(expand("a [b c] d", parts={}, where="xx.toml"), "a  \n d") is not None
    assert re.fullmatch(expand("a[ ]d", parts={}, where="xx.toml"), "a\nd") is None


def test_a_space_is_no_empty_line() -> None:
    assert re.fullmatch(expand("use of AI", parts={}, where="xx.toml"), "use of\nAI") is not None
    assert re.fullmatch(expand("use of AI", parts={}, where="xx.toml"), "use of\n\nAI") is None


def test_a_note_under_a_heading_that_ends_in_its_first_words_is_read() -> None:
    text = "## Disclosure: use of AI\n\nClaude was used to write this post.\n"

    assert methods(text, language="en") != set()


def test_a_misspelt_key_in_a_file_of_rules_is_refused() -> None:
    with pytest.raises(ValueError, match="activty"):
        Rulebook.model_validate({"language": "xx", "parts": {}, "rules": [{"id": "xx.a", "activty": "generated"}]})
