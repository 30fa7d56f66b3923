"""What must stand before migrations: keys, the certificate, and the server's roles and database."""

import os
import secrets
import sys

import psycopg
from psycopg.conninfo import make_conninfo

from muniment.core import config
from muniment.core.config import Config
from muniment.core.config.database import Connection
from muniment.operations import bootstrap, certificates
from muniment.operations.errors import StartRefused
from muniment.trust.vault.errors import VaultError
from muniment.trust.vault.keyring import file

UNKNOWN_DATABASE = "3D000"


def prepare(present: Config) -> certificates.ServerCertificate:
    """Make what is missing and return the certificate the portal will show.

    Raises:
        StartRefused: the root key is missing although something is sealed with it, the operator's
            certificate does not fit, or the database server does not allow what is needed.
    """
    _ensure_root_key(present)
    ensure_server_key(present)
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


def ensure_server_key(present: Config) -> None:
    """Make the server key where there is none: losing it costs open links, nothing that is stored."""
    if present.server_key.exists():
        return
    present.keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = present.server_key.with_suffix(f".{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as made:
        made.write(secrets.token_hex(32).encode())
        made.flush()
        os.fsync(descriptor)
    temporary.replace(present.server_key)


def _require_server_key(present: Config) -> None:
    """Say what another host needs before it can speak to the operator's own database server."""
    if present.database_url is not None and not present.server_key.exists():
        raise StartRefused(
            f"There is no {present.server_key}, so this host cannot sign in to the database. Copy it from the host "
            "where `muniment migrate` ran."
        )


def _has_sealed_keys(connection: Connection) -> bool:
    """Tell whether the portal's database already holds keys that some root key has wrapped."""
    try:
        with psycopg.connect(make_conninfo(**{**connection.parameters(), "connect_timeout": "10"})) as database:
            found = database.execute("select to_regclass('app.installation_key')").fetchone()
            if found is None or found[0] is None:
                return False
            return database.execute("select from app.installation_key limit 1").fetchone() is not None
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
