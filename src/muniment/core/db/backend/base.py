"""Django's PostgreSQL backend, binding every transaction at its start.

Nothing is ever set at session level, so a pooled connection carries no client to the next request;
and a statement outside a transaction sees no client's row at all.
"""

import time
from typing import Any

from django.db.backends.postgresql import base
from psycopg_pool import PoolTimeout

from muniment.core.db import binding

BUSY_SECONDS = 10.0
"""How long a request waits for a connection while others use them all; the pool's own time-out is shorter."""


class DatabaseWrapper(base.DatabaseWrapper):
    """Binds client, person and role whenever a transaction begins."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Take a connection from the pool: wait while others use them all, not while the database is away.

        Raises:
            PoolTimeout: there was none in time.
        """
        deadline = time.monotonic() + BUSY_SECONDS
        while True:
            broken = self._broken()
            try:
                return super().get_new_connection(conn_params)
            except PoolTimeout:
                if self._broken() > broken or time.monotonic() >= deadline:
                    raise

    def _broken(self) -> int:
        """Return how often the pool found the database away so far."""
        told = self.pool.get_stats() if self.pool else {}
        return int(told.get("connections_errors", 0)) + int(told.get("connections_lost", 0))

    def _set_autocommit(self, autocommit: bool) -> None:  # noqa: FBT001 - Django's signature
        """Begin a transaction that is bound already, or go back to none.

        One round trip: the driver would send a BEGIN of its own before the first statement.
        """
        if autocommit:
            super()._set_autocommit(autocommit)  # type: ignore[misc] # the stubs leave it out
            return
        with self.wrap_database_errors:
            try:
                binding.begin(self.connection, binding.current.get())
            except BaseException:
                self.connection.rollback()  # it began, and nobody would end it
                raise
