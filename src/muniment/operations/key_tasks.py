"""What `muniment keys` does inside the portal: lists keys, begins a rotation, says how far it is."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

import django

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.errors import PortalError
from muniment.operations import host
from muniment.operations.keys_command import TASK


def listing(actor: Actor) -> Iterator[str]:
    """Yield a line for each key, then what is overdue."""
    from muniment.trust.custody import queries

    found, now = queries.inventory(actor), clock.now()
    for key in found.keys:
        age = f"{(now - key.turned_at).days} days old" if key.turned_at else "of unknown age"
        period = f"turns after {key.period_days}" if key.period_days else "never turns"
        number = "" if key.count is None else f" ({key.count})"
        yield f"{key.what:<11} {key.name}, {key.algorithm}, version {key.version}, {age}, {period}: {key.seals}{number}"
    yield from (f"Warning: {warning}" for warning in found.warnings)


def status(actor: Actor) -> Iterator[str]:
    """Yield how far the rotation is."""
    from muniment.trust.custody import queries

    found = queries.inventory(actor)
    turning = found.turning or found.last_turning
    if turning is None:
        yield "No key was ever turned."
        return
    over = f"ended {turning.finished_at:%Y-%m-%d %H:%M} UTC" if turning.finished_at else f"at work ({turning.step})"
    yield (
        f"{turning.what}: {over}; {turning.clients_done} of {turning.clients_total} clients, {turning.keys_wrapped} "
        f"keys wrapped and {turning.values_sealed} values sealed anew, {turning.bytes_sealed} bytes of documents."
    )
    if turning.trouble:
        yield f"It was interrupted ({turning.trouble}); the worker tries again every minute."


def rotate(actor: Actor, *, what: str, client: str, reencrypts: bool) -> Iterator[str]:
    """Begin a rotation and say so."""
    from muniment.trust.custody import actions

    try:
        of_client = ids.private(client) if client else None
    except ValueError:
        sys.exit("This is not the reference of a client.")
    actions.turn_keys(actor, what=what, of_client=of_client, reencrypts=reencrypts)
    yield "The rotation has begun; the worker does it. See: muniment keys status."


def run(task: dict[str, Any]) -> list[str]:
    """Do a task and return what to print. Django must be set up."""
    from muniment.trust.clients import queries as clients

    actor = host.actor(clients.firm_id(), "On the host")
    name = task.pop("task")
    host.write_down(f"keys {name}")
    tasks: dict[str, Callable[..., Iterator[str]]] = {"list": listing, "status": status, "rotate": rotate}
    return list(tasks[name](actor, **task))


def main() -> None:
    """Do what the environment describes; a refusal is said in its sentence, with exit code 1."""
    django.setup()
    try:
        for line in run(json.loads(os.environ[TASK])):
            print(line)  # noqa: T201 (this is what it is for)
    except PortalError as refused:
        sys.exit(refused.sentence)


if __name__ == "__main__":
    main()
