"""The files that are checked in, as bytes."""

import json
from typing import Any

from kabar_contracts.schemas.asyncapi import asyncapi_document
from kabar_contracts.schemas.json_schema import MAJOR, MODELS, json_schema


def published_files() -> dict[str, bytes]:
    """Path below the folder of the contracts -> its bytes."""
    schemas = {f"schemas/{name}.v{MAJOR}.schema.json": _json_bytes(json_schema(name)) for name in MODELS}
    return schemas | {"asyncapi.json": _json_bytes(asyncapi_document())}


def _json_bytes(document: dict[str, Any]) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()
