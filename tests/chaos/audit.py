"""What `kabar audit` says of the same system, and where it differs from the checker."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Any, Final

from checker import Finding, Observed, Wrong

DEADLINE_S: Final = 900.0
ADDS_UP: Final = 0
DOES_NOT: Final = 3
SEEN_BY_AUDIT: Final = frozenset(
    {
        Wrong.LOST,
        Wrong.STALE,
        Wrong.WRONG_CONTENT,
        Wrong.RESURRECTED,
        Wrong.NO_TOMBSTONE,
        Wrong.DUPLICATE,
        Wrong.TEXT_LEFT,
        Wrong.NO_MARK,
    }
)
"""What can be seen without knowing what was sent."""


def audited(redis_url: str, opensearch_url: str) -> dict[str, Any]:
    """The report of `kabar audit --deep --json`. Raises RuntimeError when the command itself failed."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("KABAR_")}
    env |= {"KABAR_REDIS_URL": redis_url, "KABAR_OPENSEARCH_URL": opensearch_url}
    done = subprocess.run(
        [sys.executable, "-m", "kabar_cli", "audit", "--deep", "--json"], env=env, capture_output=True, timeout=DEADLINE_S, check=False
    )
    if done.returncode not in (ADDS_UP, DOES_NOT):
        raise RuntimeError(f"kabar audit ended with {done.returncode}: {done.stderr.decode()[-2000:]}")
    told: dict[str, Any] = json.loads(done.stdout)
    return told | {"exit_code": done.returncode}


def disagreements(audit: dict[str, Any], observed: Observed, findings: Sequence[Finding]) -> list[str]:
    """Where the audit and the checker do not say the same."""
    told = []
    if audit["adds_up"] != (audit["exit_code"] == ADDS_UP):
        told.append(f"it says adds_up {audit['adds_up']} and exits with {audit['exit_code']}")
    named = {one["article_id"] for one in audit["findings"]}
    told += [
        f"it does not name {finding.article_id}, which the checker finds {finding.wrong}"
        for finding in findings
        if finding.wrong in SEEN_BY_AUDIT and finding.article_id not in named
    ]
    told += [
        f"{one['wrong']} {one['article_id']} revision {one['revision']} {one['detail']}"
        for one in audit["findings"]
        if one["article_id"] not in {finding.article_id for finding in findings}
    ]
    if audit["documents"] != len(observed.documents):
        told.append(f"it counts {audit['documents']} documents, there are {len(observed.documents)}")
    if audit["originals_checked"] != (texts := sum(row.has_text for row in observed.revisions)):
        told.append(f"it hashed {audit['originals_checked']} originals, there are {texts}")
    if audit["in_flight"]:
        told.append(f"it says that {audit['in_flight']} are on their way after the drain")
    if audit["accepted"] < len(observed.revisions):
        told.append(f"it counts {audit['accepted']} accepted revisions, the archive alone has {len(observed.revisions)}")
    return told
