"""HTTP to ingest and search."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from kabar_embedded import running

from kabar_cli.exits import Exit, failure
from kabar_cli.settings import UpSettings, client_settings

VARIABLE = {"ingest": "KABAR_INGEST_URL", "search": "KABAR_SEARCH_URL", "redis": "KABAR_REDIS_URL", "opensearch": "KABAR_OPENSEARCH_URL"}


def address_of(name: str) -> str:
    """The URL of a service or server: from the environment, else of the system that runs in this folder."""
    configured: str | None = getattr(client_settings(), f"{name}_url")
    if configured:
        return configured.rstrip("/")
    run = running(UpSettings().state_dir)
    for status in run.processes if run else ():
        if status.recorded.name == name and status.is_running and status.recorded.address:
            return status.recorded.address
    raise failure(
        Exit.UNAVAILABLE, f"Kabar does not run in this folder. Start it with `kabar up`, or set {VARIABLE[name]} to where it runs."
    )


@contextmanager
def client(name: str) -> Iterator[httpx.Client]:
    """A client of this service. A service that cannot be reached ends the command with a message."""
    address = address_of(name)
    try:
        with httpx.Client(base_url=address, timeout=client_settings().timeout_s) as http:
            yield http
    except httpx.TimeoutException:
        raise failure(
            Exit.UNAVAILABLE, f"{name} at {address} gave no answer in time. Whether it took what was sent is not known: send it again."
        ) from None
    except httpx.TransportError as error:
        raise failure(Exit.UNAVAILABLE, f"{name} at {address} cannot be reached: {error}. `kabar status` shows what runs.") from error


def problem_text(response: httpx.Response) -> str:
    """A problem document as lines for a person."""
    try:
        problem: dict[str, Any] = response.json()
    except ValueError:
        return f"{response.status_code}: {response.text[:500]}"
    lines = [f"{response.status_code} {problem.get('title', '')}: {problem.get('detail', '')}".rstrip(": ")]
    for fault in problem.get("errors", []):
        where = fault.get("pointer") or fault.get("parameter") or ""
        hint = f" ({fault['hint']})" if fault.get("hint") else ""
        lines.append(f"  {where}: {fault.get('message', '')}{hint}")
    return "\n".join(lines)


def failed(response: httpx.Response) -> None:
    """End the command when the service answered with a problem."""
    if response.is_success:
        return
    unavailable = response.status_code in (429, 502, 503, 504)
    code = Exit.UNAVAILABLE if unavailable else Exit.NOTHING_FOUND if response.status_code in (404, 410) else Exit.UNEXPECTED
    raise failure(code, problem_text(response))
