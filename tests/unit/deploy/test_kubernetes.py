"""The Kubernetes manifests render, are valid, and say what the services need."""

import functools
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import kubernetes_validate  # type: ignore[import-untyped]
import pytest
from kabar_chassis import metrics
from kabar_contracts import streams
from kabar_enrich.settings import Settings as EnrichSettings
from kabar_index.settings import Settings as IndexSettings
from kabar_ingest.settings import Settings as IngestSettings
from kabar_search.settings import Settings as SearchSettings
from kustomization import Manifest, containers, pod_spec, read_manifests, render
from pydantic_settings import BaseSettings

ROOT: Final = Path(__file__).resolve().parents[3]
K8S: Final = ROOT / "deploy" / "k8s"
FOLDERS: Final = ("base", "overlays/dev", "overlays/production")
RENDERED: Final[dict[str, list[Manifest]]] = {folder: render(K8S / folder) for folder in FOLDERS}
PODS: Final = {
    f"{folder}-{manifest['metadata']['name']}": manifest
    for folder, manifests in RENDERED.items()
    for manifest in manifests
    if pod_spec(manifest)
}
OURS: Final = {name: manifest for name, manifest in PODS.items() if manifest["kind"] != "StatefulSet"}
"""All pods but those of the stores in dev."""
DEPLOYED: Final = {name: manifest for name, manifest in OURS.items() if manifest["kind"] == "Deployment"}
_SCHEMAS: Final = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema"
VERSIONS: Final = sorted(
    {f"1.{found[1]}" for folder in _SCHEMAS.iterdir() if (found := re.match(r"v1\.(\d+)\.", folder.name)) and int(found[1]) >= 31}
)
"""Every version that the validator knows, from the oldest that we promise on."""
SETTINGS: Final[dict[str, type[BaseSettings]]] = {
    "ingest": IngestSettings,
    "enrich": EnrichSettings,
    "index": IndexSettings,
    "search": SearchSettings,
}
CUSTOM: Final = {"keda.sh/v1alpha1", "monitoring.coreos.com/v1"}
"""Kinds that an operator brings, whose schemas the validator does not have: test_custom_kinds.py has models of them."""
HASH: Final = re.compile(r"(-settings)-[a-z0-9]{10}$")


def _named(folder: str, kind: str) -> dict[str, Manifest]:
    return {manifest["metadata"]["name"]: manifest for manifest in RENDERED[folder] if manifest["kind"] == kind}


def _service_of(manifest: Manifest) -> str:
    """Which service runs in its pods: the last word of the image's name."""
    return str(re.split(r"[-/]", containers(manifest)[0]["image"].split(":")[0])[-1])


def _without_hashes(value: Any) -> Any:
    match value:
        case dict():
            return {name: _without_hashes(item) for name, item in value.items()}
        case list():
            return [_without_hashes(item) for item in value]
        case str():
            return HASH.sub(r"\1", value)
    return value


def _kustomize() -> list[str] | None:
    if path := shutil.which("kustomize"):
        return [path, "build"]
    return [path, "kustomize"] if (path := shutil.which("kubectl")) else None


@pytest.mark.parametrize("folder", FOLDERS)
def test_kustomize_renders_what_our_loader_renders(folder: str) -> None:
    command = _kustomize()
    if command is None:
        pytest.skip("neither kustomize nor kubectl is here")

    text = subprocess.run([*command, str(K8S / folder)], check=True, capture_output=True, text=True).stdout

    def ordered(manifests: list[Any]) -> list[Any]:
        return sorted(manifests, key=lambda manifest: (manifest["kind"], manifest["metadata"]["name"]))

    assert ordered([_without_hashes(manifest) for manifest in read_manifests(text)]) == ordered(RENDERED[folder])


@pytest.fixture(scope="module", autouse=True)
def _schemas_are_read_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("schema_contents", "all_versions"):
            patch.setattr(kubernetes_validate.utils, name, functools.cache(getattr(kubernetes_validate.utils, name)))
        yield


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("folder", FOLDERS)
def test_every_manifest_is_valid_for_this_version_of_kubernetes(folder: str, version: str) -> None:
    for manifest in RENDERED[folder]:
        if manifest["apiVersion"] not in CUSTOM:
            kubernetes_validate.validate(manifest, version, strict=True)


def test_the_validator_refuses_a_field_that_does_not_exist() -> None:
    manifest = {**_named("base", "Deployment")["ingest"], "replica": 1}

    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(manifest, "1.31", strict=True)


def test_the_validator_knows_several_versions() -> None:
    assert len(VERSIONS) >= 3


@pytest.mark.parametrize("manifest", PODS.values(), ids=list(PODS))
def test_every_pod_is_restricted(manifest: Manifest) -> None:
    """Each rule of the Pod Security Standard `restricted`, and of `baseline` that it includes."""
    pod = pod_spec(manifest)
    assert not {"hostNetwork", "hostPID", "hostIPC", "hostUsers", "ephemeralContainers"} & set(pod)
    security = pod["securityContext"]
    assert security["runAsNonRoot"] is True
    assert security["runAsUser"] > 0
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}
    assert not {"sysctls", "seLinuxOptions", "appArmorProfile", "windowsOptions"} & set(security)
    allowed = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"}
    assert {kind for volume in pod.get("volumes", []) for kind in set(volume) - {"name"}} <= allowed
    for container in [*pod["containers"], *pod.get("initContainers", [])]:
        own = container["securityContext"]
        assert own["allowPrivilegeEscalation"] is False
        assert own["capabilities"] == {"drop": ["ALL"]}
        assert set(own) == {"allowPrivilegeEscalation", "readOnlyRootFilesystem", "capabilities"}
        assert not any("hostPort" in port for port in container.get("ports", []))


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_cluster_is_told_to_refuse_pods_that_are_not_restricted(folder: str) -> None:
    labels = _named(folder, "Namespace")["kabar"]["metadata"]["labels"]

    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


@pytest.mark.parametrize("manifest", OURS.values(), ids=list(OURS))
def test_our_pods_cannot_write_but_below_tmp_and_know_nothing_of_the_cluster(manifest: Manifest) -> None:
    pod, (container,) = pod_spec(manifest), containers(manifest)

    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert {mount["mountPath"] for mount in container["volumeMounts"] if not mount.get("readOnly")} == {"/tmp"}  # noqa: S108  # in a container
    assert pod["automountServiceAccountToken"] is False
    assert pod["enableServiceLinks"] is False
    assert (pod["securityContext"]["runAsUser"], pod["securityContext"]["fsGroup"]) == (10001, 10001)


@pytest.mark.parametrize("manifest", PODS.values(), ids=list(PODS))
def test_every_container_asks_for_what_it_needs_and_is_bounded(manifest: Manifest) -> None:
    for container in containers(manifest):
        assert set(container["resources"]["requests"]) == {"cpu", "memory"}
        assert set(container["resources"]["limits"]) == {"cpu", "memory"}


@pytest.mark.parametrize("manifest", DEPLOYED.values(), ids=list(DEPLOYED))
def test_only_readiness_depends_on_the_stores(manifest: Manifest) -> None:
    (container,) = containers(manifest)

    assert container["startupProbe"]["httpGet"] == {"path": "/livez", "port": "http"}
    assert container["livenessProbe"]["httpGet"] == {"path": "/livez", "port": "http"}
    assert container["readinessProbe"]["httpGet"] == {"path": "/readyz", "port": "http"}
    assert pod_spec(manifest)["terminationGracePeriodSeconds"] > IngestSettings.model_fields["shutdown_s"].default + 5
    assert {spread["topologyKey"] for spread in pod_spec(manifest)["topologySpreadConstraints"]} == {
        "topology.kubernetes.io/zone",
        "kubernetes.io/hostname",
    }


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_drain_takes_one_pod_of_a_kind_at_a_time_and_is_held_up_by_none_that_waits(folder: str) -> None:
    budgets = _named(folder, "PodDisruptionBudget")

    assert set(budgets) == {name for name in _named(folder, "Deployment") if not name.endswith("-backfill")}
    for name, budget in budgets.items():
        assert budget["spec"]["selector"] == _named(folder, "Deployment")[name]["spec"]["selector"]
        assert (budget["spec"]["maxUnavailable"], budget["spec"]["unhealthyPodEvictionPolicy"]) == (1, "AlwaysAllow")


def test_the_settings_files_are_those_of_the_settings_classes(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(K8S / "settings_files.py"), str(tmp_path)], check=True)

    for service in SETTINGS:
        assert (K8S / "base" / "settings" / f"{service}.env").read_text() == (tmp_path / f"{service}.env").read_text(), "make k8s-settings"


def _secrets_of(service: str) -> set[str]:
    settings = SETTINGS[service]
    prefix = settings.model_config["env_prefix"]
    return {f"{prefix}{name}".upper() for name, field in settings.model_fields.items() if "SecretStr" in str(field.annotation)}


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("service", sorted(SETTINGS))
def test_variables_and_secrets_are_exactly_the_settings(folder: str, service: str) -> None:
    settings = SETTINGS[service]
    known = {f"{settings.model_config['env_prefix']}{name}".upper() for name in settings.model_fields}

    assert set(_named(folder, "ConfigMap")[f"{service}-settings"]["data"]) | _secrets_of(service) == known
    for deployment in (*_named(folder, "Deployment").values(), *_named(folder, "Job").values()):
        if _service_of(deployment) == service:
            own = {variable["name"] for variable in containers(deployment)[0]["env"]}
            assert own <= (known - _secrets_of(service)) | {"KABAR_SECRETS_DIR"}


@pytest.mark.parametrize("workload", sorted({**_named("overlays/dev", "Deployment"), **_named("overlays/dev", "Job")}))
def test_the_settings_accept_what_the_dev_overlay_mounts(workload: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = {**_named("overlays/dev", "Deployment"), **_named("overlays/dev", "Job")}[workload]
    (container,) = containers(manifest)
    data = _named("overlays/dev", "ConfigMap")[container["envFrom"][0]["configMapRef"]["name"]]["data"]
    environment = data | {variable["name"]: variable["value"] for variable in container["env"]}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    secret = _named("overlays/dev", "Secret")[pod_spec(manifest)["volumes"][0]["secret"]["secretName"]]["stringData"]
    _mount(tmp_path, secret)

    settings = SETTINGS[_service_of(manifest)](_secrets_dir=tmp_path).model_dump()

    assert settings["redis_url"].get_secret_value().startswith("redis://")
    assert environment["KABAR_SECRETS_DIR"] == container["volumeMounts"][0]["mountPath"]
    assert settings["host"] == "0.0.0.0"  # noqa: S104  # in a container
    if manifest["kind"] == "Deployment":
        assert container["ports"] == [{"name": "http", "containerPort": settings["port"]}]
        assert workload.endswith("-backfill") == (settings.get("lane") == "backfill")
    if "processes" in settings:
        assert settings["processes"] == int(container["resources"]["limits"]["cpu"])


def _mount(folder: Path, secret: dict[str, str]) -> None:
    """As the kubelet does it: links to files in a hidden folder, which is a link itself."""
    (folder / "..2026").mkdir()
    (folder / "..data").symlink_to("..2026")
    for name, value in secret.items():
        (folder / "..2026" / name).write_text(value)
        (folder / name).symlink_to(Path("..data") / name)


@pytest.mark.parametrize("scaled", sorted(_named("overlays/production", "ScaledObject")))
def test_workers_are_scaled_on_what_waits_for_their_own_group(scaled: str) -> None:
    spec = _named("overlays/production", "ScaledObject")[scaled]["spec"]
    target = _named("overlays/production", "Deployment")[spec["scaleTargetRef"]["name"]]
    shown = {metrics.LAG_ENTRIES.name, metrics.PENDING_ENTRIES.name, metrics.OLDEST_ENTRY_AGE.name}

    queries = [trigger["metadata"]["query"] for trigger in spec["triggers"]]

    assert {name for query in queries for name in re.findall(r"kabar_\w+", query)} <= shown
    assert {metrics.LAG_ENTRIES.name, metrics.PENDING_ENTRIES.name} <= set(re.findall(r"kabar_\w+", queries[0]))
    assert "replicas" not in target["spec"]
    lane = "backfill" if scaled.endswith("-backfill") else "live"
    group = scaled.removesuffix("-backfill")
    (stream,) = (one.name for one in streams.ALL if group in one.groups and one.name.endswith("backfill") == (lane == "backfill"))
    for query in queries:
        assert set(re.findall(r'stream="([^"]+)",group="([^"]+)"', query)) == {(stream, group)}
    assert spec["minReplicaCount"] < spec["maxReplicaCount"]


def test_everything_that_runs_for_long_is_scaled_in_production_and_nothing_twice() -> None:
    scaled = [*_named("overlays/production", "ScaledObject"), *_named("overlays/production", "HorizontalPodAutoscaler")]

    assert sorted(scaled) == sorted(_named("overlays/production", "Deployment"))


def test_prometheus_finds_every_pod_by_a_service() -> None:
    monitor = _named("overlays/production", "ServiceMonitor")["kabar"]["spec"]
    services = [
        s
        for s in _named("overlays/production", "Service").values()
        if monitor["selector"]["matchLabels"].items() <= s["metadata"]["labels"].items()
    ]

    for name, deployment in _named("overlays/production", "Deployment").items():
        labels = deployment["spec"]["template"]["metadata"]["labels"]
        found = [service for service in services if service["spec"]["selector"].items() <= labels.items()]
        assert len(found) == 1, name
        assert found[0]["spec"]["ports"][0]["name"] == monitor["endpoints"][0]["port"]
    assert monitor["endpoints"][0]["path"] == metrics.PATH


def _is_let_in(path: str, *, name: str) -> bool:
    """Whether the Ingress of this name passes a path on, by the rules of its two types of paths."""
    rules = _named("overlays/production", "Ingress")[name]["spec"]["rules"][0]["http"]["paths"]
    return any(path.startswith(rule["path"]) if rule["pathType"] == "Prefix" else path == rule["path"] for rule in rules)


def test_every_page_of_search_is_let_in_and_nothing_that_tells_of_its_inside() -> None:
    sources = (ROOT / "services" / "search" / "src").rglob("*.py")
    routes = {path for source in sources for path in re.findall(r'Route\("([^"]+)"', source.read_text(encoding="utf-8"))}
    inside = {"/livez", "/readyz"}

    assert inside | {"/", "/v1/search", "/articles/{article_id}"} <= routes
    assert {path for path in routes | {metrics.PATH} if not _is_let_in(path, name="search")} == inside | {metrics.PATH}


@pytest.mark.parametrize("path", ["/livez", "/readyz", metrics.PATH])
def test_producers_are_told_nothing_of_the_inside_of_ingest(path: str) -> None:
    assert not _is_let_in(path, name="ingest")


@pytest.mark.parametrize("name", ["ingest", "search"])
def test_an_ingress_leads_to_its_service(name: str) -> None:
    ingress = _named("overlays/production", "Ingress")[name]["spec"]

    for path in ingress["rules"][0]["http"]["paths"]:
        assert path["backend"]["service"] == {"name": name, "port": {"name": "http"}}
    assert ingress["tls"][0]["hosts"] == [ingress["rules"][0]["host"]]
    assert _named("overlays/production", "Service")[name]["spec"]["ports"][0]["name"] == "http"
