"""The NetworkPolicies allow the edges of the architecture and no others."""

from pathlib import Path
from typing import Any, Final

import pytest
from kabar_contracts import streams
from kabar_enrich.settings import Settings as EnrichSettings
from kabar_index.settings import Settings as IndexSettings
from kabar_ingest.settings import Settings as IngestSettings
from kabar_search.settings import Settings as SearchSettings
from kustomization import Manifest, containers, pod_spec, render
from pydantic_settings import BaseSettings

K8S: Final = Path(__file__).resolve().parents[3] / "deploy" / "k8s"
FOLDERS: Final = ("base", "overlays/dev", "overlays/production")
SETTINGS: Final[dict[str, type[BaseSettings]]] = {
    "ingest": IngestSettings,
    "enrich": EnrichSettings,
    "enrich-backfill": EnrichSettings,
    "index": IndexSettings,
    "index-backfill": IndexSettings,
    "archive": IndexSettings,
    "archive-backfill": IndexSettings,
    "search": SearchSettings,
    "topology": IndexSettings,
}
"""What runs -> its settings: what it has the address of is what it talks to."""
STORES: Final = {"redis": ("redis_url", 6379), "opensearch": ("opensearch_url", 9200)}
SERVING: Final = {"ingest": 8081, "search": 8080}
PORTS: Final = SERVING | {
    "enrich": 8082,
    "enrich-backfill": 8082,
    "index": 8083,
    "index-backfill": 8083,
    "archive": 8084,
    "archive-backfill": 8084,
}
Edge = tuple[str, str, int]


def _edges_to_stores() -> set[Edge]:
    return {
        (name, store, port)
        for name, settings in SETTINGS.items()
        for store, (field, port) in STORES.items()
        if field in settings.model_fields
    }


def _pods(manifests: list[Manifest]) -> dict[str, Manifest]:
    return {manifest["metadata"]["name"]: manifest for manifest in manifests if pod_spec(manifest)}


def _labels(manifest: Manifest) -> dict[str, str]:
    labels: dict[str, str] = manifest["spec"]["template"]["metadata"]["labels"]
    return labels


def _selects(selector: dict[str, Any], labels: dict[str, str]) -> bool:
    assert set(selector) <= {"matchLabels", "matchExpressions"}
    assert all(expression["operator"] == "In" for expression in selector.get("matchExpressions", []))
    return selector.get("matchLabels", {}).items() <= labels.items() and all(
        labels.get(expression["key"]) in expression["values"] for expression in selector.get("matchExpressions", [])
    )


def _rules(manifests: list[Manifest], labels: dict[str, str], direction: str) -> list[dict[str, Any]]:
    """The rules for a pod of these labels. Raises unless at least one policy isolates it in this direction."""
    policies = [m["spec"] for m in manifests if m["kind"] == "NetworkPolicy" and _selects(m["spec"]["podSelector"], labels)]
    assert any(direction in policy["policyTypes"] for policy in policies)
    return [rule for policy in policies if direction in policy["policyTypes"] for rule in policy.get(direction.lower(), [])]


def _ports(rule: dict[str, Any], pod: Manifest | None) -> set[int]:
    """Ports of a rule as numbers; a name is looked up in the pod that is talked to."""
    named = {port["name"]: port["containerPort"] for port in containers(pod)[0].get("ports", [])} if pod else {}
    return {port["port"] if isinstance(port["port"], int) else named[port["port"]] for port in rule["ports"] if port["protocol"] == "TCP"}


def _edges_between_pods(manifests: list[Manifest]) -> set[Edge]:
    """Every way from pod to pod that both ends allow."""
    pods = _pods(manifests)
    edges = set()
    for caller, calling in pods.items():
        for called, answering in pods.items():
            out = {
                port
                for rule in _rules(manifests, _labels(calling), "Egress")
                if any(set(peer) == {"podSelector"} and _selects(peer["podSelector"], _labels(answering)) for peer in rule["to"])
                for port in _ports(rule, answering)
            }
            into = {
                port
                for rule in _rules(manifests, _labels(answering), "Ingress")
                if any(set(peer) == {"podSelector"} and _selects(peer["podSelector"], _labels(calling)) for peer in rule["from"])
                for port in _ports(rule, answering)
            }
            edges |= {(caller, called, port) for port in out & into}
    return edges


def test_in_dev_pods_reach_the_stores_that_their_settings_name_and_nothing_else() -> None:
    assert _edges_between_pods(render(K8S / "overlays/dev")) == _edges_to_stores()


@pytest.mark.parametrize("folder", ["base", "overlays/production"])
def test_pods_reach_the_stores_outside_that_their_settings_name_and_nothing_else(folder: str) -> None:
    manifests = render(K8S / folder)
    by_port = {port: store for store, (_, port) in STORES.items()}

    edges = {
        (name, by_port.get(port, "?"), port)
        for name, pod in _pods(manifests).items()
        for rule in _rules(manifests, _labels(pod), "Egress")
        for peer in rule["to"]
        for port in _ports(rule, None) - {53}
        if set(peer) == {"ipBlock"} or pytest.fail(f"{name} may reach {peer}")
    }

    assert edges == _edges_to_stores()
    assert _edges_between_pods(manifests) == set()


@pytest.mark.parametrize("folder", FOLDERS)
def test_whatever_writes_or_reads_a_stream_may_reach_redis(folder: str) -> None:
    manifests = render(K8S / folder)
    lanes = ("", "-backfill")
    writers = {name.strip() for stream in streams.ALL for name in stream.written_by.split(",")}
    readers = {group.value for stream in streams.ALL for group in stream.groups}
    needed = writers | {f"{name}{lane}" for name in readers for lane in lanes}

    may = {
        name
        for name, pod in _pods(manifests).items()
        if any(6379 in _ports(rule, None) for rule in _rules(manifests, _labels(pod), "Egress"))
    }

    # Besides them: receipts are looked up on the streams, and the job makes their groups.
    assert may == needed | {"search", "topology"}


@pytest.mark.parametrize("folder", FOLDERS)
def test_names_are_looked_up_in_the_cluster_and_nowhere_else(folder: str) -> None:
    manifests = render(K8S / folder)

    for pod in _pods(manifests).values():
        (rule,) = [rule for rule in _rules(manifests, _labels(pod), "Egress") if {port["port"] for port in rule["ports"]} == {53}]
        assert {port["protocol"] for port in rule["ports"]} == {"UDP", "TCP"}
        assert rule["to"][0]["namespaceSelector"] == {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}


@pytest.mark.parametrize("folder", FOLDERS)
def test_from_other_namespaces_only_the_ingress_controller_and_prometheus_come_in(folder: str) -> None:
    manifests = render(K8S / folder)

    edges = {
        (peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"], name, port)
        for name, pod in _pods(manifests).items()
        for rule in _rules(manifests, _labels(pod), "Ingress")
        for peer in rule["from"]
        for port in _ports(rule, pod)
        if "namespaceSelector" in peer
    }

    assert edges == {("ingress", name, port) for name, port in SERVING.items()} | {
        ("monitoring", name, port) for name, port in PORTS.items()
    }


def test_an_edge_too_many_is_seen() -> None:
    manifests = render(K8S / "overlays/dev")
    for manifest in manifests:
        if manifest["metadata"]["name"] in {"to-opensearch", "into-opensearch"}:
            selector = (
                manifest["spec"]["podSelector"]
                if "egress" in manifest["spec"]
                else manifest["spec"]["ingress"][0]["from"][0]["podSelector"]
            )
            selector["matchExpressions"][0]["values"].append("enrich")

    assert _edges_between_pods(manifests) - _edges_to_stores() == {("enrich", "opensearch", 9200)}
