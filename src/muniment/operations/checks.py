"""Looks at what must be right before the portal serves anybody: walls, keys and permissions."""

import os
import sys
from typing import Any, cast

import django

from muniment.core.config.database import DatabaseRole
from muniment.operations import host, uploads

CONNECT_SECONDS = 5


def problems(*, starting: bool = False) -> list[str]:
    """Return a sentence for everything that is wrong; empty when the portal may serve. Django must be set up.

    A start goes on while the key service is down: pages say so, and work goes on once it is back. It also goes on
    while entries of the log wait for their numbers: what numbers them is about to start.
    """
    if unbound := _server_key():
        return unbound  # everything else would fail for this one reason
    found = [*_walls(), *_keys(starting=starting), *_permissions(), *_stores(), *uploads.problems()]
    return found if starting else [*found, *_log()]


def notes(*, starting: bool = False) -> list[str]:
    """Return a sentence for everything an operator should know although the portal may serve."""
    from muniment.core import config
    from muniment.trust.identity import queries as identity
    from muniment.trust.vault import queries

    overdue = [*_overdue(), *([] if starting else filter(None, [identity.cost_of_passwords()]))]
    if queries.can_lock_memory():
        return overdue
    seconds = config.current().key_cache_seconds
    return [
        *overdue,
        "Note: this system does not let the portal lock memory, so opened keys could be written to its swap within "
        f"the {seconds} seconds that they are kept. Allow it (LimitMEMLOCK= of the service), or encrypt or switch off "
        "the swap.",
    ]


def _overdue() -> list[str]:
    """Ask the inventory which keys have sealed for too long."""
    from django.db import DatabaseError

    from muniment.core.errors import PortalError
    from muniment.trust.custody import queries as custody
    from muniment.trust.vault.errors import VaultError

    try:
        return [f"Note: {warning}" for warning in custody.warnings()]
    except (DatabaseError, VaultError, PortalError):
        return []  # what is wrong then is among the problems


def _database() -> str:
    """Connect once, past the pool, which would try for longer; return what is wrong, or nothing."""
    import psycopg

    from muniment.core import config

    role = cast("DatabaseRole", os.environ.get("_MUNIMENT_DATABASE_ROLE", "app"))
    parameters: dict[str, Any] = dict(config.connection(config.current(), role).parameters())
    try:
        psycopg.connect(**parameters, connect_timeout=CONNECT_SECONDS).close()
    except psycopg.OperationalError as error:
        reason = " ".join(str(error).split()).rpartition("failed: ")[2]
        return f"The database cannot be reached: {reason}."
    return ""


def _server_key() -> list[str]:
    """Look whether the key is there that proves to the database what a transaction is bound to."""
    from muniment.core import config

    path = config.current().server_key
    if path.is_file():
        return []
    return [
        f"Keys: there is no {path}, so nothing can be read or written. Copy it from the host where `muniment migrate` "
        "ran, or restore it from your key backup."
    ]


def _walls() -> list[str]:
    """Look at every table's row security, owner, keys and rights."""
    from django.db import DatabaseError, OperationalError

    from muniment.core.db import catalogue

    try:
        return [f"Walls: {problem}." for problem in catalogue.problems()]
    except OperationalError:
        return ["The database cannot be reached."]
    except DatabaseError:
        return ["The database is not of this version: run muniment migrate."]


def _keys(*, starting: bool) -> list[str]:
    """Open the root key, and with it every key of the installation."""
    from muniment.trust.vault import queries
    from muniment.trust.vault.errors import KeyMissing, KeyRefused, KeyServiceDown

    found = []
    for purpose in queries.PURPOSES:
        try:
            queries.installation_key(purpose)
        except (KeyMissing, KeyRefused) as error:
            found.append(f"Keys: {error}")
        except KeyServiceDown as error:
            if not starting:
                found.append(f"Keys: {error}.")
            break  # the others would wait for the same service
    return list(dict.fromkeys(found))


def _log() -> list[str]:
    """Look whether entries wait too long for their numbers, and what the last re-hash found."""
    from django.db import DatabaseError

    from muniment.trust.audit import queries as audit

    try:
        return [f"Log: {alarm}" for alarm in [*audit.alarms(audit.log_health()), *audit.contradictions()]]
    except DatabaseError:
        return []  # the walls say so already


def _permissions() -> list[str]:
    """Ask Django's checks, among which ours: every route declares a permission or why it needs none."""
    from django.core import checks

    return [f"{error.id}: {error.msg}" for error in checks.run_checks() if error.level >= checks.ERROR]


def _stores() -> list[str]:
    """Ask the S3 server, where one is set, whether the bucket is there and lies where the settings say."""
    from muniment.core import config, ids
    from muniment.trust.vault import queries
    from muniment.trust.vault.errors import StoreDown, StoreRefuses

    present = config.current()
    if present.s3_bucket is None or "{client}" in present.s3_bucket:
        return []
    try:
        said = queries.store("s3").region(ids.new())
    except StoreRefuses:
        return ["Store: the S3 server refuses. Look at s3_bucket, s3_region and the keys; logs hold its reason."]
    except StoreDown:
        return []  # the portal serves all the same: what needs stored bytes says so, and works again with the server
    except ValueError as error:
        return [f"Store: {error}."]
    if said != present.s3_region:
        return [f"Store: the bucket lies in {said}, not in {present.s3_region}, as s3_region says."]
    return []


def _unlogged() -> str:
    """Return why the log takes no entry about this check; it only looks, so it goes on. Empty once it is written."""
    from muniment.core.errors import PortalError
    from muniment.trust.vault.errors import VaultError

    try:
        host.write_down("check")
    except (PortalError, VaultError) as refused:
        return f"Log: {getattr(refused, 'sentence', refused)}"
    return ""


def main() -> None:
    """Print every problem; the exit code is 1 if there is one."""
    django.setup()
    if away := _database():
        print(away)  # noqa: T201 (this is what it is for); whatever else is asked would wait for the database
        sys.exit(1)
    is_starting = "--starting" in sys.argv[1:]
    found = problems(starting=is_starting)
    if not is_starting and (silent := _unlogged()):
        found.append(silent)
    for sentence in [*found, *notes(starting=is_starting), *uploads.notes()]:
        print(sentence)  # noqa: T201 (this is what it is for)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
