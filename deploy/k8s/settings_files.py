# ruff: noqa: INP001  # a script, not a module of a package
"""Writes `base/settings/*.env`, which become ConfigMaps: `python settings_files.py FOLDER`.

Every variable of a service that is no secret, with its meaning and default as the settings class has them. An empty
value counts as not set. Secrets are only named: each is a file of a mounted Secret.
"""

import ast
import inspect
import itertools
import sys
import textwrap
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Final

from kabar_enrich.settings import Settings as EnrichSettings
from kabar_index.settings import Settings as IndexSettings
from kabar_ingest.settings import Settings as IngestSettings
from kabar_search.settings import Settings as SearchSettings
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

SETTINGS: Final[Mapping[str, type[BaseSettings]]] = {
    "ingest": IngestSettings,
    "enrich": EnrichSettings,
    "index": IndexSettings,
    "search": SearchSettings,
}
IN_A_POD: Final[Mapping[str, str]] = {
    # Probes and requests come from outside the pod.
    "KABAR_INGEST_HOST": "0.0.0.0",  # noqa: S104  # inside a container
    "KABAR_ENRICH_HOST": "0.0.0.0",  # noqa: S104
    "KABAR_INDEX_HOST": "0.0.0.0",  # noqa: S104
    "KABAR_SEARCH_HOST": "0.0.0.0",  # noqa: S104
    # As many as the limit of the pod has cores; by default it would be the node's.
    "KABAR_ENRICH_PROCESSES": "2",
    "KABAR_INDEX_OPENSEARCH_USER": "index",
    "KABAR_SEARCH_OPENSEARCH_USER": "search",
}
"""What a pod needs instead of the default."""
WIDTH: Final = 120


def settings_file(settings: type[BaseSettings]) -> str:
    """The text of the file of one service. The same classes give the same text."""
    meanings = _meanings(settings)
    lines = ["# Written by `make k8s-settings`: change the settings class, or set a variable in an overlay.", "#"]
    lines += _wrapped(f"In the Secret, as files of these names: {', '.join(name.lower() for name in secrets(settings))}.")
    for name, field in settings.model_fields.items():
        variable = variable_of(settings, name)
        if is_secret(field):
            continue
        lines.append("")
        lines += _wrapped(meanings.get(name, ""))
        default = "Must be set." if field.is_required() else f"Default: {default_of(field) or 'not set'}."
        lines += [f"# {default}", f"{variable}={IN_A_POD.get(variable, default_of(field))}"]
    return "\n".join(lines) + "\n"


def secrets(settings: type[BaseSettings]) -> list[str]:
    """The variables that are secret."""
    return [variable_of(settings, name) for name, field in settings.model_fields.items() if is_secret(field)]


def variable_of(settings: type[BaseSettings], name: str) -> str:
    """The variable that sets the field of this name."""
    return f"{settings.model_config['env_prefix']}{name}".upper()


def is_secret(field: FieldInfo) -> bool:
    """Whether its value must not be shown."""
    return "SecretStr" in str(field.annotation)


def default_of(field: FieldInfo) -> str:
    """The default as a variable has it; empty without one, or where it is worked out from the machine."""
    value = field.default
    if value is PydanticUndefined or value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value.value if isinstance(value, Enum) else value)


def _meanings(settings: type[BaseSettings]) -> dict[str, str]:
    """Field -> the text below it in the source of the class, as one paragraph."""
    body = ast.parse(textwrap.dedent(inspect.getsource(settings))).body[0]
    return dict(_documented(body.body)) if isinstance(body, ast.ClassDef) else {}


def _documented(statements: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for field, text in itertools.pairwise(statements):
        match field, text:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(meaning))):
                yield name, " ".join(inspect.cleandoc(meaning).split())


def _wrapped(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(text, WIDTH)]


def main() -> int:
    """Write the files into the folder."""
    for service, settings in SETTINGS.items():
        (Path(sys.argv[1]) / f"{service}.env").write_text(settings_file(settings), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
