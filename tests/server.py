"""The PostgreSQL server of a test run, and databases cloned from its template."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg

from muniment.core.config import Config
from muniment.operations.bootstrap import bootstrap
from muniment.operations.database import EmbeddedDatabase
from muniment.operations.preparation import ensure_server_key
from muniment.trust.vault.keyring.file import FileKeyring

# A test may lose its data in a crash of the machine; the product may not. Nobody tidies up behind databases of a few
# seconds: tidying makes a server write a file for the next connection, which a test with a full disk then lacks. And
# the log of changes is kept while a test searches it, whatever other tests make the server forget meanwhile.
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "autovacuum": "off",
    "wal_keep_size": "512MB",
}


class TestServer:
    """An embedded server in a fresh data directory with keys of its own."""

    __test__ = False

    def __init__(self, data: Path) -> None:
        self.data = data
        data.chmod(0o755)
        self.database = EmbeddedDatabase(data, settings=FAST)

    def start(self) -> None:
        """Start the server and make roles, database and root key."""
        self.database.start()
        bootstrap(self.database.connection("super"))
        (self.data / "keys").mkdir(mode=0o700, exist_ok=True)
        FileKeyring(self.data / "keys" / "root.key").create()
        ensure_server_key(Config(data=self.data))

    def make_template(self) -> None:
        """Migrate a database once and lay the cast into a copy of it: the two templates of all tests."""
        self._run("owner")
        with psycopg.connect(self.database.dsn("super", "postgres"), autocommit=True) as connection:
            connection.execute("create database muniment_template template muniment owner muniment_owner")
        self._run("app", "cast")
        with psycopg.connect(self.database.dsn("super", "postgres"), autocommit=True) as connection:
            connection.execute("alter database muniment rename to muniment_cast")

    @staticmethod
    def _run(role: str, step: str = "owner") -> None:
        environment = {**os.environ, "_MUNIMENT_DATABASE_ROLE": role}
        subprocess.run([sys.executable, "-m", "tests.template", step], env=environment, check=True)

    def stop(self) -> None:
        """Stop the server."""
        self.database.stop()


def _admin() -> "psycopg.Connection[tuple[object, ...]]":
    run = Path(os.environ["MUNIMENT_DATA"]) / "run"
    return psycopg.connect(f"host={run} user=muniment_super dbname=postgres", autocommit=True)


def clone(template: str, name: str) -> None:
    """Make database `name` anew from `template`, ending whoever is still connected to the old one."""
    with _admin() as connection:
        connection.execute(f"drop database if exists {name} with (force)")
        connection.execute(f"create database {name} template {template} owner muniment_owner strategy file_copy")
        settle(connection, name)


def settle(connection: "psycopg.Connection[tuple[object, ...]]", name: str) -> None:
    """Say of a database what the portal says of its own: that is not cloned with it."""
    connection.execute(f"revoke temporary on database {name} from public")
    connection.execute(f"alter database {name} set search_path = app, public")
    connection.execute(f"alter database {name} set timezone = 'UTC'")


def drop(name: str) -> None:
    """Remove a database, ending whoever is still connected to it."""
    with _admin() as connection:
        connection.execute(f"drop database if exists {name} with (force)")


def use(name: str) -> None:
    """Point Django at database `name`, with no connection and no key left from another."""
    from django.conf import settings
    from django.db import connection

    from muniment.trust.clients import queries as clients
    from muniment.trust.vault import queries as vault

    connection.close()
    wrapper: Any = connection  # the PostgreSQL one, which has a pool
    if wrapper.pool is not None:
        wrapper.close_pool()
    connection.settings_dict["NAME"] = name
    settings.DATABASES["default"]["NAME"] = name
    vault.forget_keys()
    clients.forget_firm()
