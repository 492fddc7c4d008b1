"""`kabar disclosure explain` and `rules`, as typed; no server is there."""

import json
from pathlib import Path

from kabar_cli.main import app
from kabar_enrich.disclosure.rulebook import read_rulebook
from typer.testing import CliRunner

NOTE = "This article was translated with the help of DeepL and reviewed by an editor."
TEXT = f"""Harbour reopens after the storm

The harbour of Teluk Senja reopened on Friday.

Was this article written by AI?

{NOTE}
"""


def run(*arguments: str, given: str | None = None) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["disclosure", *arguments], input=given)
    return result.exit_code, result.output


def test_the_sentence_its_rule_the_steps_and_the_mapping_are_told() -> None:
    code, told = run("explain", "--language", "en", given=TEXT)

    assert code == 0
    for part in (
        f"«{NOTE}»",
        "rule en.translated: AI translated the text of the article",
        "yes  is it outside quotation marks?",
        "human_validated «reviewed by an editor»; tools: DeepL",
        "maps to IPTC compositeWithTrainedAlgorithmicMedia",
        "Together: disclosed_ai_used",
    ):
        assert part in told


def test_a_near_miss_is_told_with_its_reason() -> None:
    _, told = run("explain", "--language", "en", given=TEXT)

    assert "A near miss" in told
    assert "no   is it stated, not asked? its sentence is a question" in told


def test_the_json_has_the_record_and_the_way_to_it() -> None:
    code, told = run("explain", "--json", "--language", "en", given=TEXT)

    answer = json.loads(told)
    (assertion,) = answer["ai_disclosure"]["assertions"]
    outcomes = {one["outcome"] for passage in answer["passages"] for one in passage["considered"]}
    assert (code, assertion["method"], answer["problem"]) == (0, "en.translated", None)
    assert answer["mapped_by_assertion"][assertion["id"]] == answer["ai_disclosure"]["mapped"]
    assert {"counts", "dropped"} <= outcomes


def test_a_declaration_in_the_markup_is_told_without_a_passage() -> None:
    meta = '<meta name="ai-disclosure" content="ai-assisted">'
    page = f"<html><head>{meta}</head><body><p>Rain fell on the harbour all day long.</p></body></html>"

    code, told = run("explain", given=page)

    assert code == 0
    assert "html_meta, hidden" in told
    assert "read by declared.w3c.ai-assisted (ai-disclosure)" in told


def test_what_a_terminal_would_obey_is_escaped() -> None:
    _, told = run("explain", "--language", "en", given=f"\x1b[31mRed {NOTE}\n\n\x1b]0;title\x07{NOTE}\n")

    assert "\x1b" not in told
    assert "\x07" not in told


def test_a_file_that_is_not_there_is_a_wrong_use_and_one_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.touch()

    assert run("explain", str(tmp_path / "nothing"))[0] == 2
    code, told = run("explain", str(empty))
    assert (code, "is empty" in told) == (3, True)


def test_every_rule_of_a_language_is_listed_with_its_meaning_and_an_example() -> None:
    code, told = run("rules", "--language", "id")

    assert code == 0
    for rule in read_rulebook("id").rules:
        assert rule.id in told
    assert "AI edited or improved the text of the article" in told


def test_rules_come_as_json_without_their_patterns() -> None:
    code, told = run("rules", "--language", "id", "--json")

    rules = [json.loads(line) for line in told.splitlines()]
    assert code == 0
    assert {rule["id"] for rule in rules} == {rule.id for rule in read_rulebook("id").rules}
    assert all(rule["meaning"] and rule["positive"] and "patterns" not in rule for rule in rules)


def test_a_language_without_rules_is_a_wrong_use() -> None:
    code, told = run("rules", "--language", "xx")

    assert (code, "there are no rules for 'xx'" in told) == (2, True)
