"""Makes roles, database and schema on a server, ours or the operator's; repeating it only repairs."""

from collections.abc import Callable
from importlib import resources

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from muniment.core import config
from muniment.core.config import Config
from muniment.core.config.database import Connection, password_of
from muniment.operations.errors import DatabaseRefused

OLDEST = 150000
SIGN_IN_ROLES = ("muniment_owner", "muniment_app", "muniment_job")
MAINTENANCE = "postgres"


def no_password(_role: str) -> str | None:
    """Return None for every role: the socket tells who is there."""
    return None


def bootstrap(connection: Connection, *, password_of: Callable[[str], str | None] = no_password) -> None:
    """Make the server behind `connection` ready for migrations.

    `connection` signs in as someone who may create roles and databases; `connection.dbname` is made.
    `password_of` gives the password of each role that signs in, or None where none is needed.

    Raises:
        DatabaseRefused: the server is older than PostgreSQL 15, cannot be reached, or does not allow it.
    """
    try:
        with _connect(connection, MAINTENANCE) as server:
            _check_version(server)
            _make_roles(server, password_of)
            _make_database(server, connection.dbname)
        with _connect(connection, connection.dbname) as database:
            _prepare(database, connection.dbname)
    except psycopg.Error as error:
        reason = (error.diag.message_primary or str(error)).strip().splitlines()[0]
        raise DatabaseRefused(f"The database server cannot be prepared: {reason}") from error


def prepare_server(present: Config) -> None:
    """Do the same with the server of the settings; the server key exists.

    Raises:
        DatabaseRefused: as for `bootstrap`.
    """
    connection = config.connection(present, "super")
    if present.database_url is None:
        bootstrap(connection)
    else:
        bootstrap(connection, password_of=lambda role: password_of(present.server_key, role))


def _connect(connection: Connection, dbname: str) -> "psycopg.Connection[tuple[object, ...]]":
    """Return a connection on which every statement stands alone, as CREATE DATABASE wants."""
    conninfo = make_conninfo(**{**connection.parameters(), "dbname": dbname, "connect_timeout": "10"})
    return psycopg.connect(conninfo, autocommit=True)


def _check_version(server: "psycopg.Connection[tuple[object, ...]]") -> None:
    version = server.info.server_version
    if version < OLDEST:
        raise DatabaseRefused(f"The database server is PostgreSQL {version // 10000}; 15 or newer is needed.")


def _make_roles(server: "psycopg.Connection[tuple[object, ...]]", password_of: Callable[[str], str | None]) -> None:
    with server.transaction():
        server.execute(_file("roles.sql"))
        for role in SIGN_IN_ROLES:
            if (password := password_of(role)) is not None:
                # hashed here, so that no log of the server can ever hold it
                verifier = server.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
                server.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(verifier)))


def _make_database(server: "psycopg.Connection[tuple[object, ...]]", name: str) -> None:
    if server.execute("select from pg_database where datname = %s", [name]).fetchone() is None:
        if not _is_superuser(server):  # whoever makes a database for a role must be a member of it
            server.execute("grant muniment_owner to current_user")
        server.execute(
            sql.SQL("create database {} owner muniment_owner encoding 'UTF8' template template0").format(
                sql.Identifier(name)
            )
        )
    for statement in (
        "revoke all on database {} from public",
        "grant connect on database {} to muniment_owner, muniment_app, muniment_job",
        "alter database {} set search_path = app, public",
        "alter database {} set timezone = 'UTC'",
    ):
        server.execute(sql.SQL(statement).format(sql.Identifier(name)))


def _prepare(database: "psycopg.Connection[tuple[object, ...]]", name: str) -> None:
    encoding = database.execute("select pg_encoding_to_char(encoding) from pg_database where datname = %s", [name])
    if encoding.fetchone() != ("UTF8",):
        raise DatabaseRefused("The portal's database must be encoded in UTF8; create it anew.")
    database.execute(_file("database.sql"))
    if _is_superuser(database):
        database.execute("create extension if not exists amcheck schema public")  # checks backups; superusers only


def _is_superuser(server: "psycopg.Connection[tuple[object, ...]]") -> bool:
    return server.execute("select from pg_roles where rolname = current_user and rolsuper").fetchone() is not None


def _file(name: str) -> bytes:
    return resources.files("muniment.operations").joinpath("sql", name).read_bytes()
