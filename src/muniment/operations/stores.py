"""What the host does with stores: read everything back, move it, remove leftovers, say where it may lie."""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

import django

from muniment.operations import host
from muniment.operations.store_command import TASK


def check(every: bool) -> int:  # noqa: FBT001 - from JSON, by name
    """Read the documents of every client back and print what is damaged; return the exit code."""
    from muniment.core import clock
    from muniment.portal.documents import actions as documents

    blobs, read_bytes, damaged = 0, 0, 0
    for actor in _everyone("integrity"):
        before = clock.now() if every else clock.now() - documents.MONTH
        found = documents.check_store(actor, proved_before=before)
        blobs, read_bytes, damaged = blobs + found.blobs, read_bytes + found.read_bytes, damaged + len(found.damage)
        for one in found.damage:
            place = f"client {_public(actor.client)}, version {_public(one.version_id)}, blob {_public(one.blob_id)}"
            _say(f"Damaged ({one.what}): {place}")
    _say(f"{blobs} stored documents were read back, {read_bytes} bytes; {damaged} are damaged.")
    return 1 if damaged else 0


def move(target: Any, bytes_per_second: int) -> int:
    """Move the documents of every client to a store; return the exit code."""
    from muniment.core.errors import PortalError
    from muniment.portal.documents import actions as documents

    moved, moved_bytes, under_way, stayed = 0, 0, 0, 0
    for actor in _everyone("store-move"):
        try:
            done = documents.move_store(actor, target=target, bytes_per_second=bytes_per_second)
        except PortalError as refused:
            _say(f"Client {_public(actor.client)}: {refused.sentence}")
            stayed += 1
            continue
        moved, moved_bytes, under_way = moved + done.moved, moved_bytes + done.moved_bytes, under_way + done.under_way
        stayed += done.too_large + len(done.damaged)
        for blob_id in done.damaged:
            _say(f"Damaged, left where it lies: client {_public(actor.client)}, blob {_public(blob_id)}")
    _say(f"{moved} documents were moved, {moved_bytes} bytes. Uploads under way that stay: {under_way}.")
    return 1 if stayed else 0


def collect() -> int:
    """Remove what no row needs from every store; return the exit code."""
    from muniment.portal.documents import actions as documents
    from muniment.trust.vault.types import Collected

    total = Collected()
    for actor in _everyone("retention"):
        total += documents.collect_store(actor)
    _say(
        f"Removed: {total.objects} stored documents nobody knows, {total.unfinished} abandoned uploads and "
        f"{total.ends} ends of uploads. Left alone: {total.kept} that are needed or young, {total.busy} being written."
    )
    return 0


def where() -> int:
    """Print where the documents of every client may lie and do lie; return the exit code."""
    from muniment.trust.vault import queries as vault

    for actor in _everyone("store-where"):
        facts = vault.residency(actor.client)
        places = ", ".join(f"{one.store} in {one.region or 'no named region'} ({one.provider})" for one in facts.places)
        _say(f"{_public(actor.client)}  may: {facts.region or 'anywhere'}  does: {places or 'nothing stored'}")
    return 0


def place(client: str, region: str) -> int:
    """Say in which region alone the documents of a client may lie; return the exit code."""
    from muniment.core import ids
    from muniment.core.errors import PortalError
    from muniment.trust.clients import queries as clients
    from muniment.trust.identity import actions as identity

    known = {ids.public(client_id): client_id for client_id in clients.all_ids()}
    if client not in known:
        _say("There is no such client.")
        return 1
    try:
        identity.set_region(host.actor(known[client], "store-place"), region=region)
    except PortalError as refused:
        _say(refused.sentence)
        return 1
    _say(f"The documents of this client may lie {'in ' + region + ' alone' if region else 'anywhere'}.")
    return 0


TASKS: dict[str, Callable[..., int]] = {one.__name__: one for one in (check, move, collect, where, place)}


def _everyone(purpose: str) -> Any:
    from muniment.trust.clients import queries as clients

    return [host.actor(client_id, purpose) for client_id in clients.all_ids()]


def _public(found: Any) -> str:
    from muniment.core import ids

    return ids.public(found) if found is not None else "none"


def _say(sentence: str) -> None:
    print(sentence, flush=True)  # noqa: T201 (read by the command)


def run(task: dict[str, Any]) -> int:
    """Do one task, written down before; return the exit code. Django must be set up."""
    name = task.pop("task")
    host.write_down(f"store {name}")
    return TASKS[name](**task)


def main() -> None:
    """Do one task and print what came of it."""
    from muniment.core.errors import PortalError
    from muniment.trust.vault.errors import StoreUnknown

    django.setup()
    task = json.loads(os.environ[TASK])
    try:
        sys.exit(run(task))
    except PortalError as refused:
        _say(refused.sentence)
        sys.exit(1)
    except StoreUnknown as unknown:
        _say(f"Store: {unknown}.")
        sys.exit(1)


if __name__ == "__main__":
    main()
