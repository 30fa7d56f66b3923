"""What a restored portal does before anybody is let in: new names for its logs, an end to old ways in.

Run as programs of their own: `look` and `begin` in the owner's role, `again` and `enter` in the worker's. `enter` reads
JSON from the descriptor it is told: `moment`, which may be null, and `notes`, checkpoints that somebody had seen.
"""

import json
import os
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import django

from muniment_verify.notes import Checkpoint

LOG = "muniment/"  # how the names of clients' logs begin, and that of the register does not


def look() -> dict[str, Any]:
    """Refuse a backup of a newer version, and keys that do not open it.

    Raises:
        SystemExit: with the reason as its code.
    """
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    from muniment.trust.vault import queries as vault
    from muniment.trust.vault.errors import VaultError

    loader = MigrationLoader(connection, ignore_no_migrations=True)
    unknown = sorted(set(loader.applied_migrations) - set(loader.disk_migrations))
    if unknown:
        sys.exit(
            f"This backup was made by a newer version of Muniment than this one: it knows {'.'.join(unknown[-1])}. "
            "Install that version, or a newer one, and restore again."
        )
    try:
        vault.installation_key("people")
    except VaultError:
        sys.exit(
            "The root key does not open what is in this backup: it is another one than the portal had then. Put the "
            "right one in its place, and restore again."
        )
    return {}


def again() -> dict[str, Any]:
    """Destroy what had been destroyed since the backup, before logs get new names: some take no entry any more."""
    from muniment.operations import host
    from muniment.trust.clients import queries as clients
    from muniment.trust.custody import actions as custody

    firm_id = clients.find_firm_id()
    return {"destroyed": 0 if firm_id is None else custody.repeat_destructions(host.actor(firm_id, "restore"))}


def begin() -> dict[str, Any]:
    """Give every log a new name."""
    from muniment.trust.audit import actions as audit

    return {"logs": audit.begin_epochs()}


def enter() -> dict[str, Any]:
    """Write the first entry of every log's new epoch, and end old ways in."""
    from muniment.operations import host
    from muniment.trust.audit import actions as audit
    from muniment.trust.clients import queries as clients

    if clients.find_firm_id() is None:
        return {"logs": 0, "lost": 0, "unproved": 0, "ended": 0}
    with os.fdopen(int(sys.argv[2]), encoding="utf-8") as file:
        told = json.load(file)
    moment = datetime.fromisoformat(told["moment"]) if told["moment"] else None
    known = audit.known_heads(told["notes"])
    client_ids = clients.all_ids()
    firsts = [one for client_id in client_ids if (one := _first(client_id, moment, known)) is not None]
    audit.number_first(firsts)
    ended = sum(_end_ways(client_id) for client_id in clients.all_ids())
    host.write_down("restore")
    unproved = sum(known.unproved.values())
    return {"logs": len(firsts), "lost": _lost(client_ids, known.heads), "unproved": unproved, "ended": ended}


def _first(client_id: UUID, moment: datetime | None, known: Any) -> UUID | None:
    """Write the first entry of a log's epoch; nothing where the client's key is destroyed or its log never began."""
    from muniment.core.errors import NotFound
    from muniment.operations import host
    from muniment.trust.audit import actions as audit
    from muniment.trust.vault.errors import KeyMissing

    try:
        return audit.enter_epoch(host.actor(client_id, "restore"), moment=moment, known=known)
    except (NotFound, KeyMissing):
        return None


def _end_ways(client_id: UUID) -> int:
    from muniment.operations import host
    from muniment.trust.identity import actions as identity
    from muniment.trust.vault.errors import KeyMissing

    try:
        return identity.end_ways_in(host.actor(client_id, "restore"))
    except KeyMissing:
        return 0


def _lost(client_ids: list[UUID], known: Mapping[str, Checkpoint]) -> int:
    """Return how many entries were known to be there that the backup does not have.

    A log of which it holds nothing, because its client came later, is lost whole.
    """
    from muniment.core.db.binding import Binding
    from muniment.core.unit import bound
    from muniment.trust.audit import actions as audit
    from muniment.trust.audit import queries as log

    lost, names = 0, set(audit.known_heads(json.loads(log.newest_heads())).heads)  # of clients who were closed, too
    for client_id in client_ids:
        with bound(Binding(client_id)):
            former = log.former_logs(client_id)
        names |= {log.origin_of(client_id), *(one.origin for one in former)}
        lost += sum(max(0, known[one.origin].size - one.size) for one in former[-1:] if one.origin in known)
    return lost + sum(head.size for name, head in known.items() if name.startswith(LOG) and name not in names)


TASKS: dict[str, Callable[[], dict[str, Any]]] = {one.__name__: one for one in (look, again, begin, enter)}


def main() -> None:
    """Do what the command line names and print what came of it as JSON; a refusal ends with its sentence."""
    from muniment.core.errors import PortalError
    from muniment.trust.vault.errors import VaultError

    django.setup()
    try:
        print(json.dumps(TASKS[sys.argv[1]]()))  # noqa: T201 - read by the command
    except (PortalError, VaultError) as refused:
        sys.exit(str(getattr(refused, "sentence", refused)))


if __name__ == "__main__":
    main()
