"""How a process says that it cannot begin."""

import socket

import pytest
from kabar_chassis.startup import listen, read_settings
from pydantic_settings import BaseSettings, SettingsConfigDict


class Sample(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="KABAR_SAMPLE_")

    address: str
    port: int = 1


def test_every_wrong_variable_is_named_on_a_line_of_its_own(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("KABAR_SAMPLE_PORT", "eighty")
    with pytest.raises(SystemExit) as ended:
        read_settings(Sample, prefix="KABAR_SAMPLE_")
    assert ended.value.code == 2
    told = capsys.readouterr().err.splitlines()
    assert [line.partition(":")[0] for line in told] == ["KABAR_SAMPLE_ADDRESS", "KABAR_SAMPLE_PORT"]
    assert "eighty" not in "".join(told)


def test_a_taken_port_is_named_with_the_variable_that_changes_it(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(SystemExit) as ended:
        listen("127.0.0.1", other.getsockname()[1], prefix="KABAR_SAMPLE_")
    assert ended.value.code == 1
    assert "KABAR_SAMPLE_PORT" in capsys.readouterr().err


def test_port_0_is_any_free_one() -> None:
    with listen("127.0.0.1", 0, prefix="KABAR_SAMPLE_") as listener:
        assert listener.getsockname()[1] > 0
