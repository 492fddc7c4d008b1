"""`kabar dlq` as a user runs it, on a real server."""

import asyncio
import hashlib
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from articles import enriched_article, enriched_fields, raw_article, raw_fields
from kabar_chassis.delivery.dead_letters import marks_key
from kabar_chassis.delivery.outcome import Reason
from kabar_cli.main import app
from kabar_contracts.raw import RawArticle
from kabar_contracts.streams import ENRICHED, RAW, RAW_DEAD, Group
from kabar_embedded import RunningServer
from letters import entries, give_up
from redis.asyncio import Redis
from typer.testing import CliRunner, Result

Kabar = Callable[..., Awaitable[Result]]


@pytest.fixture
def kabar(redis_server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> Kabar:
    """The command `kabar dlq` with these arguments."""
    monkeypatch.setenv("KABAR_REDIS_URL", redis_server.url)

    async def run(*arguments: str, stdin: bytes | None = None) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, app, ["dlq", *arguments], input=stdin)

    return run


def rows(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


async def state(redis: Redis) -> str:
    """All that lies in Redis, as one hash."""
    digest = hashlib.sha256()
    for key in sorted([key async for key in redis.scan_iter("*")]):
        digest.update(key + await redis.dump(key))
    return digest.hexdigest()


async def test_ls_lists_the_newest_first_as_json_and_no_word_of_the_text(redis: Redis, kabar: Kabar) -> None:
    first = await give_up(redis, raw_fields(raw_article()), detail="Judul 1 is quoted here")
    second = await give_up(redis, enriched_fields(enriched_article(2)), stream=ENRICHED, stage=Group.INDEX)
    result = await kabar("ls", "--json")
    assert [row["letter"] for row in rows(result)] == [str(second), str(first)]
    assert rows(result)[1]["origin"]["stream"] == RAW.name
    assert "Judul" not in result.stdout
    assert "Paragraf" not in result.stdout
    assert "1 raw and 1 enriched letters" in result.stderr


async def test_ls_without_json_writes_a_line_a_letter_for_pipes(redis: Redis, kabar: Kabar) -> None:
    letter = await give_up(redis, raw_fields(raw_article()))
    line = (await kabar("ls")).stdout.rstrip("\n")
    assert line.split("\t")[0] == str(letter)
    assert line.split("\t")[2:6] == ["invalid_message", "enrich", "warta.example", raw_article().article_id]


async def test_ls_goes_by_filters_order_and_limit(redis: Redis, kabar: Kabar) -> None:
    one = str(await give_up(redis, raw_fields(raw_article())))
    two = str(await give_up(redis, raw_fields(raw_article(2, source="harian.example")), reason=Reason.INVALID_ENTRY))
    assert [row["letter"] for row in rows(await kabar("ls", "--json", "--reason", "invalid_entry"))] == [two]
    assert [row["letter"] for row in rows(await kabar("ls", "--json", "--source", "warta.example"))] == [one]
    assert [row["letter"] for row in rows(await kabar("ls", "--json", "--article", raw_article().article_id))] == [one]
    assert [row["letter"] for row in rows(await kabar("ls", "--json", "--order", "oldest", "--limit", "1"))] == [one]
    assert [row["letter"] for row in rows(await kabar("ls", "--json", "--newer-than", "1h", "--stream", "raw"))] == [two, one]
    assert [row["letter"] for row in rows(await kabar("ls", "--json", one))] == [one]


@pytest.mark.parametrize(
    "arguments",
    [["--older-than", "1h"], ["--stage", "index"], ["--stream", "enriched"], ["--replayed"], ["raw:1-0"], ["--article", "0" * 32]],
)
async def test_ls_ends_with_4_when_no_letter_is_meant(redis: Redis, kabar: Kabar, arguments: list[str]) -> None:
    await give_up(redis, raw_fields(raw_article()))
    result = await kabar("ls", *arguments)
    assert (result.exit_code, result.stdout) == (4, "")


@pytest.mark.parametrize(
    "arguments",
    [
        ["ls", "1-0"],
        ["ls", "--article", "x"],
        ["ls", "--older-than", "soon"],
        ["replay"],
        ["replay", "--all", "--rate", "fast"],
        ["purge"],
        ["edit", "0" * 32],
    ],
)
async def test_what_cannot_be_meant_ends_with_2_and_a_reason(kabar: Kabar, arguments: list[str]) -> None:
    result = await kabar(*arguments)
    assert result.exit_code == 2
    assert result.stderr.strip()


async def test_without_redis_the_command_ends_with_5(kabar: Kabar, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KABAR_REDIS_URL", "redis://127.0.0.1:1")
    result = await kabar("ls")
    assert result.exit_code == 5
    assert "Redis" in result.stderr


async def test_show_has_the_whole_letter_by_its_id_and_by_its_article(redis: Redis, kabar: Kabar) -> None:
    letter = await give_up(redis, raw_fields(raw_article()), detail="/title: too long")
    for name in (str(letter), raw_article().article_id):
        page = (await kabar("show", name)).stdout
        assert "invalid_message" in page
        assert "/title: too long" in page
        assert "Paragraf pertama artikel 1." in page


async def test_show_escapes_what_a_terminal_would_obey(redis: Redis, kabar: Kabar) -> None:
    letter = await give_up(redis, {b"data": b"\x1b]0;x\x07\xc2\x9b2J\xff", b"\x1b": b"\x1b"}, detail="\x1b[2J")
    for arguments in ([str(letter)], [str(letter), "--json"]):
        shown = (await kabar("show", *arguments)).stdout
        assert all(character.isprintable() or character == "\n" for character in shown)


async def test_show_writes_one_field_byte_for_byte(redis: Redis, kabar: Kabar) -> None:
    letter = await give_up(redis, {b"data": b"\x00\xff\r\n", b"dead.reason": b"theirs"})
    assert (await kabar("show", str(letter), "--field", "data")).stdout_bytes == b"\x00\xff\r\n"
    assert (await kabar("show", str(letter), "--field", "dead.reason")).stdout_bytes == b"theirs"
    assert (await kabar("show", str(letter), "--field", "none")).exit_code == 4


async def test_show_copes_with_sixty_megabytes(redis: Redis, kabar: Kabar) -> None:
    letter = await give_up(redis, {b"data": b"\xff" * 60_000_000})
    result = await kabar("show", str(letter))
    assert result.exit_code == 0
    assert len(result.stdout) < 200_000
    assert "data (60000000 bytes)" in result.stdout


async def test_replay_puts_letters_back_oldest_first_and_each_once(redis: Redis, kabar: Kabar) -> None:
    letters = [str(await give_up(redis, raw_fields(raw_article(number)))) for number in range(3)]
    result = await kabar("replay", "--reason", "invalid_message", "--rate", "10000/s", "--json")
    assert result.exit_code == 0
    assert [row["letter"] for row in rows(result)] == letters
    assert [fields for _, fields in (await entries(redis, RAW))[3:]] == [raw_fields(raw_article(number)) for number in range(3)]
    again = await kabar("replay", "--all", "--rate", "10000/s")
    assert again.exit_code == 4
    assert "3 replayed before" in again.stderr
    assert (await kabar("replay", letters[0], "--again")).exit_code == 0
    assert await redis.xlen(RAW.name) == 7


async def test_replay_names_what_cannot_go_back_and_goes_on(redis: Redis, kabar: Kabar) -> None:
    await redis.xadd(RAW_DEAD.name, {"data": "x"})
    letter = str(await give_up(redis, raw_fields(raw_article())))
    result = await kabar("replay", "--all", "raw:1-0", raw_article().article_id, letter)
    assert result.exit_code == 3
    assert "raw:1-0: there is no such letter" in result.stderr
    result = await kabar("replay", "--all", "--json")
    assert [row["outcome"] for row in rows(result)] == ["cannot_go_back", "replayed_before"]


async def test_a_dry_run_says_what_would_become_of_raw_letters_and_writes_nothing(redis: Redis, kabar: Kabar) -> None:
    good = str(await give_up(redis, raw_fields(raw_article()), reason=Reason.ENRICHER_TIMED_OUT))
    bad = str(await give_up(redis, raw_fields(raw_article()) | {b"data": b'{"title": "rahasia"}'}))
    broken = str(await give_up(redis, {b"x": b"\xff"}))
    before = await state(redis)
    result = await kabar("replay", "--all", "--dry-run", "--json")
    found = {row["letter"]: (row["outcome"], row.get("reason")) for row in rows(result)}
    assert found == {good: ("would_pass", None), bad: ("would_fail", "invalid_message"), broken: ("would_fail", "invalid_entry")}
    assert result.exit_code == 3
    assert "rahasia" not in result.stdout
    assert await state(redis) == before


async def test_a_dry_run_of_enriched_letters_leaves_the_last_word_to_opensearch(redis: Redis, kabar: Kabar) -> None:
    await give_up(redis, enriched_fields(enriched_article()), stream=ENRICHED, stage=Group.INDEX, reason=Reason.DOCUMENT_REJECTED)
    bad = str(await give_up(redis, {b"data": b"{}"}, stream=ENRICHED, stage=Group.INDEX))
    before = await state(redis)
    result = await kabar("replay", "--stream", "enriched", "--dry-run", "--json")
    assert "OpenSearch" in rows(result)[0]["what"]
    assert rows(result)[1] | {"detail": ""} == {
        "letter": bad,
        "article_id": None,
        "was": "invalid_message",
        "outcome": "would_fail",
        "reason": "invalid_entry",
        "detail": "",
    }
    assert await state(redis) == before


def broken_title() -> dict[bytes, bytes]:
    message = json.loads(raw_article().model_dump_json()) | {"title": 5}
    return raw_fields(raw_article()) | {b"data": json.dumps(message).encode()}


async def test_an_edit_by_pointer_goes_back_valid_with_its_id_and_revision(redis: Redis, kabar: Kabar) -> None:
    letter = await give_up(redis, broken_title())
    result = await kabar("edit", str(letter), "--set", "/title=Judul 5", "--remove", "/lead", "--json")
    assert result.exit_code == 0, result.stderr
    _, fields = (await entries(redis, RAW))[-1]
    assert RawArticle.model_validate_json(fields[b"data"]).title == "Judul 5"
    assert {name: value for name, value in fields.items() if name != b"data"} == {
        name: value for name, value in broken_title().items() if name != b"data"
    }
    (shown,) = rows(await kabar("ls", str(letter), "--json"))
    assert shown["replayed"]["note"] == "edited /lead /title"
    assert (await kabar("show", str(letter), "--field", "data")).stdout_bytes == broken_title()[b"data"]
    assert (await kabar("edit", str(letter), "--set", "/title=x")).exit_code == 4


async def test_an_edit_can_take_the_whole_message_from_a_file_or_standard_input(redis: Redis, kabar: Kabar, tmp_path: Path) -> None:
    letter = await give_up(redis, {b"data": b"\xff", b"article_id": b"?"})
    message = raw_article().model_dump_json().encode()
    file = tmp_path / "message.json"
    file.write_bytes(message)
    assert (await kabar("edit", str(letter), "--data", str(file))).exit_code == 0
    assert (await kabar("edit", str(letter), "--data", "-", "--again", stdin=message)).exit_code == 0
    assert [fields for _, fields in (await entries(redis, RAW))[1:]] == [raw_fields(raw_article())] * 2


async def test_an_edit_opens_the_users_editor(redis: Redis, kabar: Kabar, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = tmp_path / "my editor.py"
    script.write_text(
        "import sys, pathlib\nfile = pathlib.Path(sys.argv[1])\nfile.write_text(file.read_text().replace('5', '\"Lima\"', 1))\n"
    )
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", f"{sys.executable} '{script}'")
    message = {"title": 5} | {name: value for name, value in json.loads(raw_article().model_dump_json()).items() if name != "title"}
    letter = await give_up(redis, raw_fields(raw_article()) | {b"data": json.dumps(message).encode()})
    result = await kabar("edit", str(letter))
    assert result.exit_code == 0, result.stderr
    assert RawArticle.model_validate_json((await entries(redis, RAW))[-1][1][b"data"]).title == "Lima"


@pytest.mark.parametrize("editor", ["true", "false", "no-such-editor-here", "'"])
async def test_an_edit_that_changes_nothing_or_fails_replays_nothing(
    redis: Redis, kabar: Kabar, monkeypatch: pytest.MonkeyPatch, editor: str
) -> None:
    monkeypatch.setenv("VISUAL", editor)
    letter = await give_up(redis, raw_fields(raw_article()))
    result = await kabar("edit", str(letter))
    assert result.exit_code == (0 if editor == "true" else 2)
    assert result.stderr.strip()
    assert await redis.xlen(RAW.name) == 1


@pytest.mark.parametrize(
    "arguments",
    [["--set", "/revision=minus"], ["--set", "/title"], ["--set", "title=x"], ["--remove", "/article_id"], ["--data", "/no/such/file"]],
)
async def test_an_edit_that_breaks_the_contract_is_refused_with_its_faults(redis: Redis, kabar: Kabar, arguments: list[str]) -> None:
    letter = await give_up(redis, raw_fields(raw_article()))
    before = await state(redis)
    result = await kabar("edit", str(letter), *arguments)
    assert result.exit_code == 2
    assert result.stderr.strip()
    assert await state(redis) == before


async def test_a_dry_run_of_an_edit_says_what_would_become_of_it(redis: Redis, kabar: Kabar) -> None:
    letter = await give_up(redis, {b"data": b"{}"}, stream=ENRICHED, stage=Group.INDEX)
    before = await state(redis)
    result = await kabar("edit", str(letter), "--data", "-", "--dry-run", stdin=enriched_article().model_dump_json().encode())
    assert result.exit_code == 0, result.stderr
    assert "OpenSearch" in result.stdout
    assert await state(redis) == before


async def test_purge_says_how_many_first_and_needs_a_yes(redis: Redis, kabar: Kabar) -> None:
    await give_up(redis, raw_fields(raw_article()))
    await give_up(redis, raw_fields(raw_article(2)), reason=Reason.INVALID_ENTRY)
    before = await state(redis)
    for arguments in (["--all"], ["--all", "--dry-run"]):
        result = await kabar("purge", *arguments)
        assert "2 letters: 1 invalid_message, 1 invalid_entry; 2 of them were never replayed" in result.stderr
        assert result.exit_code == (0 if "--dry-run" in arguments else 2)
    assert await state(redis) == before
    result = await kabar("purge", "--reason", "invalid_entry", "--yes", "--json")
    assert rows(result) == [{"purged": 1}]
    assert await redis.xlen(RAW_DEAD.name) == 1


async def test_purge_can_mean_only_what_was_replayed(redis: Redis, kabar: Kabar) -> None:
    kept = str(await give_up(redis, raw_fields(raw_article())))
    done = str(await give_up(redis, raw_fields(raw_article(2))))
    await kabar("replay", done)
    assert (await kabar("purge", "--replayed", "--yes")).stdout == "purged 1\n"
    assert [row["letter"] for row in rows(await kabar("ls", "--json"))] == [kept]
    assert not await redis.exists(marks_key(RAW_DEAD.name))
    assert (await kabar("purge", "--replayed", "--yes")).exit_code == 4


async def test_purge_takes_more_letters_than_one_call_deletes(redis: Redis, kabar: Kabar) -> None:
    for number in range(450):
        await redis.xadd(RAW_DEAD.name, {"data": str(number)})
    assert (await kabar("purge", "--all", "--yes")).stdout == "purged 450\n"
    assert await redis.xlen(RAW_DEAD.name) == 0
