"""`kabar up`, `down` and `status`."""

import json
import sys
import time
from typing import Annotated

import typer
from kabar_embedded import AlreadyUpError, EmbeddedError, Event, running, start_detached, stop_recorded, supervise, wait_until_up
from rich.console import Console
from rich.table import Table

from kabar_cli.demo.command import DEMO_QUERY, go_the_whole_way
from kabar_cli.exits import Exit, err, failure
from kabar_cli.local_system import Ports, addresses, choose_ports, processes
from kabar_cli.settings import UpSettings

UP_TIMEOUT_S = 6 * 3_600.0
"""A migration of the index is part of a start; without one it takes seconds."""
QUIET = ("starting", "stopped")

out = Console(highlight=False, soft_wrap=True)


def up(
    *,
    detach: Annotated[bool, typer.Option("--detach", "-d", help="Return when everything runs.")] = False,
    demo: Annotated[bool, typer.Option("--demo", help="Push the demo article and show its search hit.")] = False,
    backfill: Annotated[bool, typer.Option("--backfill", help="Run the workers of the lane backfill, too.")] = False,
) -> None:
    """Run the whole system here: Redis, OpenSearch and the services. Ctrl-C stops it; data stay in .kabar/."""
    settings = UpSettings(backfill=True) if backfill else UpSettings()
    run = running(settings.state_dir)
    if run is not None and run.supervisor.is_running and run.phase == "ready":
        out.print("Kabar is running already.")
        _tell_running(_recorded_addresses(settings), demo=demo)
        return
    try:
        if detach:
            _start_detached(settings)
            _tell_running(_recorded_addresses(settings), demo=demo)
        else:
            raise typer.Exit(_run_in_foreground(settings, demo=demo))
    except AlreadyUpError as error:
        raise failure(Exit.UNEXPECTED, f"{error} Wait for it, or stop it with `kabar down`.") from error
    except EmbeddedError as error:
        raise failure(Exit.UNAVAILABLE, str(error)) from error


def _run_in_foreground(settings: UpSettings, *, demo: bool) -> int:
    ports = choose_ports(settings)
    groups = processes(settings, ports)
    code = supervise(groups, state_dir=settings.state_dir, on_event=_tell, on_ready=lambda: _tell_running(addresses(ports), demo=demo))
    return Exit.UNEXPECTED if code else Exit.OK


def _start_detached(settings: UpSettings) -> None:
    ports = choose_ports(settings)
    # Here, in the foreground, so that the first fetch has a progress bar and a fault a message.
    processes(settings, ports)
    log_path = settings.state_dir / "logs" / "supervisor.log"
    begun = time.monotonic()
    with err.status("starting Redis, OpenSearch and the workers"):
        environment = {"KABAR_UP_BACKFILL": str(settings.backfill)} | {
            f"KABAR_UP_{name.upper()}_PORT": str(getattr(ports, name)) for name in Ports.__slots__
        }
        pid = start_detached([sys.executable, "-m", "kabar_cli", "up"], log_path, env=environment)
        wait_until_up(settings.state_dir, supervisor_pid=pid, log_path=log_path, timeout_s=UP_TIMEOUT_S)
    err.print(f"started in {time.monotonic() - begun:.0f} s")


def _tell(event: Event) -> None:
    if event.kind not in QUIET:
        err.print(f"{event.name}: {event.kind} {event.detail}".rstrip(), markup=False)


def _recorded_addresses(settings: UpSettings) -> dict[str, str]:
    run = running(settings.state_dir)
    names = ("search", "ingest", "opensearch", "redis")
    recorded = {status.recorded.name: status.recorded.address for status in (run.processes if run else ())}
    return {name: address for name in names if (address := recorded.get(name))}


def _tell_running(where: dict[str, str], *, demo: bool) -> None:
    if demo:
        _show_demo(where)
    else:
        _print_addresses(where)


def _print_addresses(where: dict[str, str]) -> None:
    about = {"search": "page and API of searchers", "ingest": "API of producers, documented at /docs"}
    for name, address in where.items():
        out.print(f"  {name:<11} {address:<28} {about.get(name, '')}".rstrip())


def _show_demo(where: dict[str, str]) -> None:
    go_the_whole_way(ingest=where["ingest"], search=where["search"])
    out.print("\nKabar is running:")
    _print_addresses(where)
    out.print("\nTry next:")
    out.print(f"  .venv/bin/kabar search '{DEMO_QUERY}' --ai disclosed", markup=False)
    out.print(
        f"  curl -X POST {where['ingest']}/v1/articles -H 'content-type: application/json' \\\n"
        """       -d '{"url": "https://news.example/1", "title": "Hello", "body": "First article."}'""",
        markup=False,
    )
    out.print("  make down", markup=False)


def down() -> None:
    """Stop exactly what `kabar up` started here. Data stay."""
    stopped = stop_recorded(UpSettings().state_dir)
    if not stopped:
        out.print("Kabar is not running here.")
    for process in stopped:
        out.print(f"{process.name}: {process.how}")


def status(*, as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """What runs here, and where. Exit code 5 when nothing does, or not all of it."""
    run = running(UpSettings().state_dir)
    rows = [(status.recorded, status.is_running) for status in (run.processes if run else ())]
    whole = run is not None and run.supervisor.is_running and run.phase == "ready" and all(alive for _, alive in rows)
    if as_json:
        facts = [
            {
                "name": recorded.name,
                "running": alive,
                "pid": recorded.pid,
                "address": recorded.address,
                "started_at": recorded.started_at,
                "restarts": recorded.restarts,
                "log": recorded.log_path,
            }
            for recorded, alive in rows
        ]
        sys.stdout.write(json.dumps({"running": whole, "phase": run.phase if run else None, "processes": facts}) + "\n")
    elif run is None:
        out.print("Kabar is not running here. Start it with `kabar up` or `make up`.", markup=False)
    else:
        table = Table("part", "state", "pid", "address", "restarts", box=None)
        for recorded, alive in rows:
            table.add_row(recorded.name, "running" if alive else "ended", str(recorded.pid), recorded.address or "", str(recorded.restarts))
        out.print(table)
    if not whole:
        raise typer.Exit(Exit.UNAVAILABLE)
