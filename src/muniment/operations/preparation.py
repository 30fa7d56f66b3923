"""What must stand before migrations: keys, the certificate, and the server's roles and database."""

import os
import secrets
import sys
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from muniment.core import config
from muniment.core.config import Config
from muniment.core.config.database import Connection
from muniment.operations import bootstrap, certificates
from muniment.operations.continuity import marker
from muniment.operations.errors import StartRefused
from muniment.trust.vault.errors import VaultError
from muniment.trust.vault.keyring import file
from muniment.trust.vault.keys import locks

UNKNOWN_DATABASE = "3D000"


def prepare(present: Config) -> certificates.ServerCertificate:
    """Make what is missing and return the certificate the portal will show.

    Raises:
        StartRefused: the root key is missing although something is sealed with it, the operator's
            certificate does not fit, or the database server does not allow what is needed.
    """
    _ensure_root_key(present)
    _ensure_locks(present)
    ensure_server_key(present)
    ensure_backup_key(present)
    certificate = certificates.ensure(present)
    bootstrap.prepare_server(present)
    return certificate


def _ensure_root_key(present: Config) -> None:
    """Make the root key's file at the very first start, and at no other; a service's key the operator has made."""
    if "file" not in {present.keyring, present.keyring_before} or present.root_key.exists():
        return
    if present.keyring != "file" or _has_sealed_keys(config.connection(present, "super")):
        raise StartRefused(
            f"The root key is missing: {present.root_key} is not there, and everything in the database is sealed under "
            "it. Put it back from your backup of the keys, then start again. Nothing was changed."
        )
    present.keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        file.from_settings(present).create()
    except VaultError as error:
        raise StartRefused(str(error)) from error


def _ensure_locks(present: Config) -> None:
    """Make the locks of keys at the very first start, or the first one of a version that has them, and at no other."""
    if present.locks.exists():
        return
    if _has(config.connection(present, "super"), "person_key", "octet_length(wrapped) > 60"):  # 60: without a lock
        raise StartRefused(
            f"The locks of the keys are missing: {present.locks} is not there, and no key in the database opens "
            "without them. Put the directory back with `muniment keys recover`, then start again. Nothing was changed."
        )
    locks.create(present.locks)


def ensure_server_key(present: Config) -> None:
    """Make the server key where there is none: losing it costs open links, nothing that is stored."""
    _ensure_key(present.server_key)


def ensure_backup_key(present: Config) -> None:
    """Make the key of backups where there is none and no backup yet: what was made with a lost one opens no more."""
    if not marker.exists(present.backups):
        _ensure_key(present.backup_key)


def _ensure_key(path: Path) -> None:
    """Make a file of 32 random bytes, in hexadecimal digits, that only its owner reads; there or not, whole."""
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as made:
        made.write(secrets.token_hex(32).encode())
        made.flush()
        os.fsync(descriptor)
    temporary.replace(path)


def _require_server_key(present: Config) -> None:
    """Say what another host needs before it can speak to the operator's own database server."""
    if present.database_url is not None and not present.server_key.exists():
        raise StartRefused(
            f"There is no {present.server_key}, so this host cannot sign in to the database. Copy it from the host "
            "where `muniment migrate` ran."
        )


def _has_sealed_keys(connection: Connection) -> bool:
    """Tell whether the portal's database already holds keys that some root key has wrapped."""
    return _has(connection, "installation_key", "true")


def _has(connection: Connection, table: LiteralString, where: LiteralString) -> bool:
    """Tell whether a table of the portal, which none of its row policies hides, holds such a row."""
    try:
        with psycopg.connect(make_conninfo(**{**connection.parameters(), "connect_timeout": "10"})) as database:
            found = database.execute("select to_regclass(%s)", [f"app.{table}"]).fetchone()
            if found is None or found[0] is None:
                return False
            name = sql.Identifier("app", table)
            query = sql.SQL("select from {} where {} limit 1").format(name, sql.SQL(where))
            return database.execute(query).fetchone() is not None
    except psycopg.OperationalError as error:
        if error.sqlstate == UNKNOWN_DATABASE or "does not exist" in str(error):
            return False
        raise StartRefused(f"The database server cannot be reached: {str(error).strip().splitlines()[0]}") from error
    except psycopg.errors.InsufficientPrivilege:
        return True  # there is such a table, and only somebody else may look inside: never make a second key


def main() -> None:
    """Prepare with the present settings and print the certificate's facts; `--certificate` does no more than that.

    The supervisor calls this as a program.
    """
    present = config.current()
    try:
        if "--certificate" in sys.argv[1:]:
            _require_server_key(present)
            certificate = certificates.ensure(present)
        else:
            certificate = prepare(present)
    except StartRefused as refused:
        sys.exit(str(refused))
    print(certificate.as_json())  # noqa: T201 (read by the supervisor)


if __name__ == "__main__":
    main()
