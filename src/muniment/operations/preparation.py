"""What must stand before migrations: the root key, the certificate, and the server's roles and database."""

import sys

import psycopg
from psycopg.conninfo import make_conninfo

from muniment.core import config
from muniment.core.config import Config
from muniment.core.config.database import Connection
from muniment.operations import bootstrap, certificates
from muniment.operations.errors import StartRefused
from muniment.trust.vault.keyring.file import FileKeyring

UNKNOWN_DATABASE = "3D000"


def prepare(present: Config) -> certificates.ServerCertificate:
    """Make what is missing and return the certificate the portal will show.

    Raises:
        StartRefused: the root key is missing although something is sealed with it, the operator's
            certificate does not fit, or the database server does not allow what is needed.
    """
    _ensure_root_key(present)
    certificate = certificates.ensure(present)
    bootstrap.prepare_server(present)
    return certificate


def _ensure_root_key(present: Config) -> None:
    """Make the root key at the very first start, and at no other."""
    if present.root_key.exists():
        return
    if _has_sealed_keys(config.connection(present, "super")):
        raise StartRefused(
            f"The root key is missing: {present.root_key} is not there, and everything in the database is sealed under "
            "it. Put it back from your backup of the keys, then start again. Nothing was changed."
        )
    present.keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    FileKeyring(present.root_key).create()


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
        certificate = certificates.ensure(present) if "--certificate" in sys.argv[1:] else prepare(present)
    except StartRefused as refused:
        sys.exit(str(refused))
    print(certificate.as_json())  # noqa: T201 (read by the supervisor)


if __name__ == "__main__":
    main()
