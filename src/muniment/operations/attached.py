"""The database for a command of its own: the running one, or one started for as long as the command takes."""

from collections.abc import Iterator
from contextlib import contextmanager

from muniment.core.config import Config
from muniment.operations import readiness
from muniment.operations.database import SOCKET_NAME, SUPER, EmbeddedDatabase
from muniment.operations.errors import StartRefused
from muniment.operations.places import Accounts, make_places


@contextmanager
def database(present: Config, accounts: Accounts) -> Iterator[None]:
    """Keep the database reachable inside the block.

    Raises:
        StartRefused: it is not running and cannot be started.
    """
    if present.database_url is not None or readiness.database_answers(present.run / SOCKET_NAME, SUPER):
        yield
        return
    if not (present.data / "database").exists() and not present.data.exists():
        raise StartRefused(f"There is no portal in {present.data}. Start one with: muniment up --data {present.data}")
    make_places(present, accounts)
    server = EmbeddedDatabase(present.data, account=accounts.database, cache_bytes=present.database_cache_bytes)
    server.start()
    try:
        yield
    finally:
        server.stop()
