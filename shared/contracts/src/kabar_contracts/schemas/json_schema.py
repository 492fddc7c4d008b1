"""JSON Schemas (draft 2020-12) of the messages, generated from the models."""

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from kabar_contracts.disclosure.record import AiDisclosure
from kabar_contracts.enriched import EnrichedArticle
from kabar_contracts.fields import Message
from kabar_contracts.raw import RawArticle

MODELS: Final[Mapping[str, type[Message]]] = {
    "raw-article": RawArticle,
    "enriched-article": EnrichedArticle,
    "ai-disclosure": AiDisclosure,
}
"""Name of a published schema -> the model it is of."""

MAJOR: Final = 1


class _Untitled(GenerateJsonSchema):
    """Leaves out the titles that pydantic derives from field names: they say nothing that the name does not."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002  # the signature is pydantic's
        return False


def json_schema(name: str) -> dict[str, Any]:
    """The schema of one message, self-contained. Raises KeyError for a name that is not in `MODELS`."""
    schema = MODELS[name].model_json_schema(schema_generator=_Untitled)
    described = {MODELS[name].__name__: schema} | schema.get("$defs", {})
    _describe(described)
    return {"$schema": _Untitled.schema_dialect, "$id": f"urn:kabar:schema:{name}:v{MAJOR}"} | schema


def component_schemas(*models: type[Message]) -> dict[str, Any]:
    """The schemas of these models and all they are made of, for a document that keeps them under `#/components/schemas`."""
    _, schema = models_json_schema(
        [(model, "validation") for model in models], ref_template="#/components/schemas/{model}", schema_generator=_Untitled
    )
    components: dict[str, Any] = schema["$defs"]
    _describe(components)
    return components


def _describe(schemas: Mapping[str, dict[str, Any]]) -> None:
    for model in _all_messages(Message):
        schema = schemas.get(model.__name__)
        if schema is None:
            continue
        for field, text in _attribute_docstrings(model).items():
            if field in schema.get("properties", {}):
                schema["properties"][field].setdefault("description", text)


def _all_messages(base: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for model in base.__subclasses__():
        yield model
        yield from _all_messages(model)


def _attribute_docstrings(model: type[BaseModel]) -> dict[str, str]:
    """The strings under the fields of a model. Read from the source, so that importing a message costs nothing for it."""
    module = ast.parse(inspect.getsource(sys.modules[model.__module__]))
    body = next(node.body for node in module.body if isinstance(node, ast.ClassDef) and node.name == model.__name__)
    found = {}
    for field, text in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(text, ast.Expr):
            value = text.value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                found[field.target.id] = inspect.cleandoc(value.value)
    return found
