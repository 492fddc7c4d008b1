"""compose.yaml is valid, safe on the machine it runs on, and sets exactly what the services' settings know."""

import datetime as dt
import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema.validators import validator_for
from kabar_cli.settings import ClientSettings
from kabar_enrich.settings import Settings as EnrichSettings
from kabar_index.settings import Settings as IndexSettings
from kabar_ingest.settings import Settings as IngestSettings
from kabar_search.settings import Settings as SearchSettings
from pydantic_settings import BaseSettings
from ruamel.yaml import YAML
from secured_servers import ACL, first_start

ROOT: Final = Path(__file__).resolve().parents[3]
COMPOSE: Final[dict[str, Any]] = YAML(typ="safe").load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: Final[dict[str, dict[str, Any]]] = COMPOSE["services"]
STORES: Final = {"redis", "opensearch"}
SETTINGS: Final[dict[str, type[BaseSettings]]] = {
    "ingest": IngestSettings,
    "enrich": EnrichSettings,
    "index": IndexSettings,
    "search": SearchSettings,
    "cli": ClientSettings,
}
"""Target of the Dockerfile -> the settings of what runs in it."""
OURS: Final = sorted(name for name, service in SERVICES.items() if "build" in service and name != "setup")
WORKERS: Final = {"enrich", "index", "archive"}
JOBS: Final = {"setup", "topology", "kabar", "demo"}
SERVING: Final = sorted(set(OURS) - JOBS)
SECRETS_DIR: Final = "KABAR_SECRETS_DIR"

FIRST_START: Final = first_start()
_VARIABLE: Final = re.compile(r"\$\{(?P<name>[A-Z_]+)(?::-(?P<default>[^}]*)|:\?[^}]*)?\}")


def _interpolated(text: str) -> str:
    """As compose writes it when only what has no default is set, to `Example-1`."""
    return _VARIABLE.sub(lambda match: match["default"] or "Example-1", text)


def _image_environment(target: str) -> dict[str, str]:
    """What the Dockerfile's stage of this name sets with ENV."""
    stage = re.search(rf"^FROM \S+ AS {target}\n(.*?)(?=^FROM |\Z)", (ROOT / "deploy" / "Dockerfile").read_text(), re.MULTILINE | re.DOTALL)
    assert stage is not None
    pairs = " ".join(re.findall(r"^ENV (.+)$", stage[1], re.MULTILINE)).split()
    return dict(pair.split("=", 1) for pair in pairs)


def _environment(service: str) -> dict[str, str]:
    composed: dict[str, str] = SERVICES[service].get("environment", {})
    return _image_environment(SERVICES[service]["build"]["target"]) | {name: _interpolated(value) for name, value in composed.items()}


def _prefix(settings: type[BaseSettings]) -> str:
    return str(settings.model_config["env_prefix"])


def test_compose_file_follows_the_compose_specification() -> None:
    schema = json.loads((files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json").read_text(encoding="utf-8"))

    assert [error.message for error in validator_for(schema)(schema).iter_errors(COMPOSE)] == []


def test_the_four_services_run_with_index_in_both_roles_after_the_jobs() -> None:
    backfill = {f"{name}-backfill" for name in WORKERS}
    assert set(SERVICES) == STORES | WORKERS | backfill | JOBS | {"ingest", "search"}
    assert {name: SERVICES[name]["build"]["target"] for name in OURS} == {
        "topology": "index",
        "ingest": "ingest",
        "enrich": "enrich",
        "index": "index",
        "archive": "index",
        "search": "search",
        "enrich-backfill": "enrich",
        "index-backfill": "index",
        "archive-backfill": "index",
        "kabar": "cli",
        "demo": "cli",
    }
    assert {name for name in OURS if SERVICES[name].get("profiles") == ["backfill"]} == backfill


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the job `setup` writes."""
    folder = tmp_path_factory.mktemp("secrets")
    FIRST_START.make_all(folder, acl=ACL, now=dt.datetime.now(dt.UTC))
    return folder


def _secrets_of(service: str) -> str | None:
    """Which folder of the secrets a container sees."""
    mounts = [volume.split(":")[0] for volume in SERVICES[service].get("volumes", []) if volume.startswith("secrets-")]
    assert len(mounts) <= 1, service
    return mounts[0].removeprefix("secrets-") if mounts else None


@pytest.mark.parametrize("service", OURS)
def test_each_variable_that_is_set_is_a_setting(service: str, secrets: Path) -> None:
    settings = SETTINGS[SERVICES[service]["build"]["target"]]
    known = {f"{_prefix(settings)}{name}".upper() for name in settings.model_fields}
    files = {file.name.upper() for file in (secrets / str(_secrets_of(service))).iterdir() if file.name.startswith("kabar_")}

    assert (set(_environment(service)) | files) - known == {SECRETS_DIR}


@pytest.mark.parametrize("service", OURS)
def test_the_settings_accept_what_is_set_and_find_their_secrets(service: str, secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in _environment(service).items():
        monkeypatch.setenv(name, value)

    settings = SETTINGS[SERVICES[service]["build"]["target"]](_secrets_dir=secrets / str(_secrets_of(service)))

    user = settings.model_dump()["redis_url"]
    address = user if isinstance(user, str) else user.get_secret_value()
    assert address.startswith("rediss://")
    if service in SERVING:
        assert settings.model_dump()["host"] == "0.0.0.0"  # noqa: S104  # inside a container


@pytest.mark.parametrize("service", sorted(set(SERVICES) - {"setup"}))
def test_a_container_sees_its_own_secrets_and_no_others(service: str) -> None:
    folder = _secrets_of(service)

    owner = {"kabar": "ops", "demo": "ops"}.get(service, service.removesuffix("-backfill"))
    assert folder == owner
    assert all(volume.endswith(":ro") for volume in SERVICES[service]["volumes"] if volume.startswith("secrets-"))


def test_every_folder_of_secrets_is_a_volume_of_the_job_that_writes_them(secrets: Path) -> None:
    written = {f"secrets-{folder.name}:/secrets/{folder.name}" for folder in secrets.iterdir()}

    assert set(SERVICES["setup"]["volumes"]) == written
    assert set(COMPOSE["volumes"]) == {volume.split(":")[0] for volume in written} | {"redis-data", "opensearch-data"}


@pytest.mark.parametrize("service", OURS)
def test_target_and_build_argument_name_the_same_service(service: str) -> None:
    build = SERVICES[service]["build"]

    assert build["args"]["SERVICE"] == build["target"]
    assert (ROOT / build["dockerfile"]).exists()


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_ports_are_published_on_the_loopback_interface_only(service: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[service].get("ports", []))


@pytest.mark.parametrize(("service", "port"), [("ingest", "8081"), ("search", "8080")])
def test_a_published_port_is_the_one_the_service_listens_on(service: str, port: str) -> None:
    assert _interpolated(SERVICES[service]["ports"][0]) == f"127.0.0.1:{port}:{port}"
    assert _environment(service)[f"KABAR_{service.upper()}_PORT"] == port


def test_only_what_publishes_a_port_can_reach_the_outside() -> None:
    outside = {name for name, service in SERVICES.items() if "outside" in service.get("networks", [])}

    assert outside == {name for name, service in SERVICES.items() if "ports" in service}
    assert COMPOSE["networks"]["streams"] == COMPOSE["networks"]["store"] == {"internal": True}
    assert SERVICES["setup"]["network_mode"] == "none"


def test_a_container_shares_a_network_with_a_store_that_it_uses_and_with_no_other() -> None:
    reaches_redis = {name for name, service in SERVICES.items() if "streams" in service.get("networks", [])}
    reaches_opensearch = {name for name, service in SERVICES.items() if "store" in service.get("networks", [])}

    assert reaches_redis == set(SERVICES) - {"setup", "opensearch"}
    assert reaches_opensearch == {name for name in SERVICES if name.startswith(("index", "archive"))} | {
        *("opensearch", "topology", "search", "kabar", "demo")
    }


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_a_container_cannot_take_the_machine_from_the_others(service: str) -> None:
    assert {"mem_limit", "cpus", "pids_limit"} <= set(SERVICES[service])
    assert SERVICES[service]["logging"]["options"] == {"max-size": "10m", "max-file": "5"}


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_a_container_has_no_privileges_to_lose(service: str) -> None:
    assert SERVICES[service]["cap_drop"] == ["ALL"]
    assert SERVICES[service]["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("service", sorted(set(SERVICES) - {"opensearch"}))
def test_root_file_systems_are_read_only(service: str) -> None:
    assert SERVICES[service]["read_only"] is True


@pytest.mark.parametrize("service", sorted(set(SERVICES) - JOBS))
def test_what_serves_comes_back_after_a_crash(service: str) -> None:
    assert SERVICES[service]["restart"] == "unless-stopped"


def test_the_stores_wait_for_their_secrets_the_topology_for_the_stores_and_every_service_for_the_topology() -> None:
    done = {"condition": "service_completed_successfully"}
    for store in STORES:
        assert SERVICES[store]["depends_on"] == {"setup": done}
    assert SERVICES["topology"]["depends_on"] == {store: {"condition": "service_healthy"} for store in STORES}
    for service in SERVING:
        assert SERVICES[service]["depends_on"]["topology"] == done, service


@pytest.mark.parametrize("store", sorted(STORES))
def test_a_store_keeps_its_data_in_a_named_volume_and_tells_its_health(store: str) -> None:
    volume, _, folder = SERVICES[store]["volumes"][0].partition(":")

    assert volume in COMPOSE["volumes"]
    assert folder.startswith("/")
    assert "test" in SERVICES[store]["healthcheck"]


def test_each_variable_that_compose_reads_is_explained_in_the_example() -> None:
    read = {match["name"] for match in _VARIABLE.finditer((ROOT / "compose.yaml").read_text(encoding="utf-8"))}

    explained = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / "deploy" / "env" / "example.env").read_text(encoding="utf-8"), re.MULTILINE))

    assert read == explained


def test_the_defaults_in_the_example_are_those_of_compose() -> None:
    defaults = {
        match["name"]: match["default"]
        for match in _VARIABLE.finditer((ROOT / "compose.yaml").read_text(encoding="utf-8"))
        if match["default"] is not None
    }

    example = dict(re.findall(r"^#([A-Z_]+)=(.*)$", (ROOT / "deploy" / "env" / "example.env").read_text(encoding="utf-8"), re.MULTILINE))

    assert example == defaults


def test_redis_keeps_every_accepted_article() -> None:
    lines = (ROOT / "deploy" / "redis" / "redis.conf").read_text(encoding="utf-8").splitlines()
    directives = dict(line.split(" ", 1) for line in lines if line and not line.startswith("#"))

    assert directives["appendonly"] == "yes"
    assert directives["appendfsync"] == "always"
    assert directives["maxmemory-policy"] == "noeviction"
    assert directives["dir"] == "/data"


def test_redis_takes_no_connection_without_tls_and_a_user() -> None:
    lines = (ROOT / "deploy" / "redis" / "redis.conf").read_text(encoding="utf-8").splitlines()
    directives = dict(line.split(" ", 1) for line in lines if line and not line.startswith("#"))

    assert (directives["port"], directives["tls-port"]) == ("0", "6379")
    assert directives["aclfile"] == "/run/kabar/users.acl"
    assert "user default reset" in ACL
