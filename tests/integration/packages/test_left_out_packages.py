"""The images leave out packages that nothing of ours imports."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

TEXT: Final = (Path(__file__).resolve().parents[3] / "deploy" / "Dockerfile").read_text(encoding="utf-8")
WITHOUT: Final = """
import importlib, pkgutil, sys
for name in sys.argv[1].split():
    sys.modules[name] = None
for package in ("opensearchpy", *sys.argv[2:]):
    for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
        # The last one looks for a server as soon as it is imported.
        if not module.name.endswith(("__main__", "opensearchpy.helpers.test")):
            importlib.import_module(module.name)
            print(module.name)
"""
"""Imports every module of some packages, and those they are built on, while other packages cannot be imported."""


@pytest.mark.parametrize("package", ["kabar_index", "kabar_search", "kabar_cli"])
def test_every_module_can_be_imported_without_what_the_image_leaves_out(package: str) -> None:
    (names,) = re.findall(r"uninstall --yes (.+)$", TEXT, re.MULTILINE)
    modules = {"grpcio": "grpc", "opensearch-protobufs": "opensearch", "protobuf": "google.protobuf"}

    left_out = " ".join(modules.get(name, name) for name in names.split())
    command = [sys.executable, "-c", WITHOUT, left_out, "kabar_contracts", "kabar_chassis", package]
    finished = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    assert (finished.returncode, finished.stderr) == (0, "")
    assert f"{package}.settings" in finished.stdout.splitlines()


def test_an_import_of_what_is_left_out_would_be_seen() -> None:
    command = [sys.executable, "-c", WITHOUT, "opensearchpy.client", "kabar_index"]

    finished = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    assert "opensearchpy.client" in finished.stderr
