"""Renders the kustomizations of deploy/k8s where kustomize itself is not at hand.

Does what ours use, and raises for anything else: resources, labels, images, configMapGenerator (envs, literals, merge),
namespace, and JSON patches with a target. Generated names get no hash at their end.
"""

import copy
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml  # type: ignore[import-untyped]  # ships no types

Manifest = dict[str, Any]

_KNOWN: Final = {"apiVersion", "kind", "namespace", "labels", "resources", "images", "configMapGenerator", "patches"}
_CLUSTER_WIDE: Final = {"Namespace"}


def render(folder: Path) -> list[Manifest]:
    """Every manifest of the kustomization in `folder`. Raises ValueError for what this loader does not know."""
    kustomization = _one(folder / "kustomization.yaml")
    if unknown := set(kustomization) - _KNOWN:
        raise ValueError(f"{folder}: this loader does not know {sorted(unknown)}")
    manifests = [manifest for name in kustomization.get("resources", ()) for manifest in _resource(folder / name)]
    for generator in kustomization.get("configMapGenerator", ()):
        _generate(folder, generator, manifests)
    for patch in kustomization.get("patches", ()):
        _patch(folder, patch, manifests)
    for image in kustomization.get("images", ()):
        _rename_image(manifests, image)
    for manifest in manifests:
        if manifest["kind"] not in _CLUSTER_WIDE:
            manifest["metadata"]["namespace"] = kustomization["namespace"]
        for labels in kustomization.get("labels", ()):
            _label(manifest, labels["pairs"])
    return manifests


def _patch(folder: Path, patch: Mapping[str, Any], manifests: list[Manifest]) -> None:
    operations = yaml.load(patch["patch"], Loader=yaml.CSafeLoader) if "patch" in patch else _one(folder / patch["path"])
    targets = [manifest for manifest in manifests if _is_target(manifest, patch["target"])]
    if not targets:
        raise ValueError(f"{folder}: nothing is {patch['target']}")
    for manifest in targets:
        for operation in operations:
            _apply(manifest, operation)


def containers(manifest: Manifest) -> list[Manifest]:
    """The containers of its pods; none for what has no pods."""
    found: list[Manifest] = pod_spec(manifest).get("containers", [])
    return found


def pod_spec(manifest: Manifest) -> Manifest:
    """What its pods are; empty for what has no pods."""
    spec: Manifest = manifest.get("spec", {}).get("template", {}).get("spec", {})
    return spec


def read_manifests(text: str) -> list[Any]:
    """The documents in this YAML 1.1, which is what Kubernetes reads. In C, because there are many."""
    return list(yaml.load_all(text, Loader=yaml.CSafeLoader))


def _one(path: Path) -> Any:
    (document,) = read_manifests(path.read_text(encoding="utf-8"))
    return document


def _resource(path: Path) -> list[Manifest]:
    if path.is_dir():
        return render(path)
    return read_manifests(path.read_text(encoding="utf-8"))


def _generate(folder: Path, generator: Mapping[str, Any], manifests: list[Manifest]) -> None:
    data = dict(_pairs(folder, generator))
    there = [m for m in manifests if m["kind"] == "ConfigMap" and m["metadata"]["name"] == generator["name"]]
    if generator.get("behavior") == "merge":
        (existing,) = there
        existing["data"] |= data
    elif there:
        raise ValueError(f"{generator['name']} is there already")
    else:
        manifests.append({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": generator["name"]}, "data": data})


def _pairs(folder: Path, generator: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    lines = [line for name in generator.get("envs", ()) for line in (folder / name).read_text(encoding="utf-8").splitlines()]
    for line in [*lines, *generator.get("literals", ())]:
        if line and not line.startswith("#"):
            name, _, value = line.partition("=")
            yield name, value


def _is_target(manifest: Manifest, target: Mapping[str, str]) -> bool:
    names = {"kind": manifest["kind"], "name": manifest["metadata"]["name"]}
    return all(re.fullmatch(pattern, names[field]) for field, pattern in target.items())


def _apply(manifest: Manifest, operation: Mapping[str, Any]) -> None:
    """One operation of RFC 6902."""
    *way, last = operation["path"].removeprefix("/").split("/")
    place: Any = manifest
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]
    value = copy.deepcopy(operation.get("value"))
    match operation["op"], place, last:
        case "add", list(), "-":
            place.append(value)
        case "add", dict(), _:
            place[last] = value
        case "replace", dict(), _ if last in place:
            place[last] = value
        case "remove", dict(), _:
            del place[last]
        case _:
            raise ValueError(f"cannot do {operation['op']} {operation['path']}")


def _rename_image(manifests: list[Manifest], image: Mapping[str, str]) -> None:
    for manifest in manifests:
        for container in containers(manifest):
            name, _, tag = container["image"].partition(":")
            if name == image["name"]:
                container["image"] = f"{image.get('newName', name)}:{image.get('newTag', tag)}"


def _label(manifest: Manifest, pairs: Mapping[str, str]) -> None:
    places = [manifest["metadata"]]
    if "template" in manifest.get("spec", {}):
        places.append(manifest["spec"]["template"].setdefault("metadata", {}))
    places += [claim["metadata"] for claim in manifest.get("spec", {}).get("volumeClaimTemplates", [])]
    for place in places:
        place.setdefault("labels", {}).update(pairs)
