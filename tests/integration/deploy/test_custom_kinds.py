"""What KEDA and the Prometheus operator read is valid for their own definitions: models that a package makes from their CRDs.

Here and not with the other manifests, because loading the models takes seconds.
"""

import copy
from pathlib import Path
from typing import Any, Final

import pytest
from cloudcoil.models.keda.v1alpha1 import ScaledObject
from cloudcoil.models.prometheus_operator.v1 import ServiceMonitor
from kustomization import Manifest, render
from pydantic import ValidationError

K8S: Final = Path(__file__).resolve().parents[3] / "deploy" / "k8s"
MODELS: Final[dict[str, Any]] = {"ScaledObject": ScaledObject, "ServiceMonitor": ServiceMonitor}
CUSTOM: Final = {
    f"{overlay}-{manifest['kind']}-{manifest['metadata']['name']}": manifest
    for overlay in ("dev", "production")
    for manifest in render(K8S / "overlays" / overlay)
    if manifest["apiVersion"].split("/")[0].endswith((".sh", ".com"))
}
"""All that is of no kind of Kubernetes' own."""
SCALED, MONITOR = CUSTOM["production-ScaledObject-enrich"], CUSTOM["production-ServiceMonitor-kabar"]


def validate(manifest: Manifest) -> None:
    """Raises ValidationError for a wrong value, AssertionError for a field that the definition does not have: the models drop those."""
    model = MODELS[manifest["kind"]].model_validate(manifest, strict=True)
    assert model.model_dump(mode="json", by_alias=True, exclude_unset=True) == manifest


def changed(manifest: Manifest, path: str, value: Any) -> Manifest:
    """A copy with another value at a path such as `spec.endpoints.0.interval`."""
    copied = copy.deepcopy(manifest)
    *parents, last = (int(part) if part.isdecimal() else part for part in path.split("."))
    at: Any = copied
    for part in parents:
        at = at[part]
    at[last] = value
    return copied


@pytest.mark.parametrize("manifest", CUSTOM.values(), ids=list(CUSTOM))
def test_every_manifest_is_valid_for_its_operator(manifest: Manifest) -> None:
    validate(manifest)


@pytest.mark.parametrize(
    ("manifest", "path", "value"),
    [
        (SCALED, "spec.minReplicaCount", "2"),
        (SCALED, "spec.scaleTargetRef", {"kind": "Deployment"}),
        (SCALED, "spec.triggers.0.metadata.threshold", 1000),
        (SCALED, "spec.fallback", {"replicas": 3}),
        (MONITOR, "spec.endpoints.0.interval", "often"),
        (MONITOR, "spec.endpoints.0.scheme", "ftp"),
        (MONITOR, "spec.namespaceSelector.matchNames", "kabar"),
    ],
)
def test_a_wrong_value_is_refused(manifest: Manifest, path: str, value: Any) -> None:
    with pytest.raises(ValidationError):
        validate(changed(manifest, path, value))


@pytest.mark.parametrize(
    ("manifest", "path"),
    [
        (SCALED, "spec.maxReplicas"),
        (SCALED, "spec.fallback.replica"),
        (SCALED, "spec.triggers.0.query"),
        (MONITOR, "spec.endpoints.0.timeout"),
        (MONITOR, "spec.namespaceSelector.names"),
    ],
)
def test_a_field_that_does_not_exist_is_refused(manifest: Manifest, path: str) -> None:
    with pytest.raises(AssertionError):
        validate(changed(manifest, path, "3"))
