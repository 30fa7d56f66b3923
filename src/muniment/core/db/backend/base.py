"""Django's PostgreSQL backend, binding every transaction at its start.

Nothing is ever set at session level, so a pooled connection carries no client to the next request;
and a statement outside a transaction sees no client's row at all.
"""

import time
from typing import Any
from uuid import UUID

from django.db.backends.postgresql import base
from psycopg import adapters
from psycopg.adapt import AdaptersMap
from psycopg.postgres import types
from psycopg.pq import Format
from psycopg.types.array import ListDumper
from psycopg_pool import PoolTimeout

from muniment.core.db import binding

BUSY_SECONDS = 10.0
"""How long a request waits for a connection while others use them all; the pool's own time-out is shorter."""


_TIMESTAMPTZ = types["timestamptz"].oid
_MOMENTS: Any = adapters.get_loader(_TIMESTAMPTZ, Format.TEXT)
"""Reads moments, which come as of UTC, in compiled code; Django's own loader takes ten times as long."""


_KEPT_BY_SERVER: Any = base.ServerSideCursor
"""Django's types do not say that it is made as psycopg's own is."""


class _Lists(ListDumper):
    """Sends lists of ids as one text; the driver's own looks at each of hundreds anew, and takes six times as long."""

    def dump(self, obj: list[Any]) -> Any:
        """Return the words of the database for a list."""
        if obj and all(type(one) is UUID for one in obj):
            return b"{%s}" % ",".join([one.hex for one in obj]).encode()
        return super().dump(obj)


class DatabaseWrapper(base.DatabaseWrapper):
    """Binds client, person and role whenever a transaction begins."""

    def get_connection_params(self) -> dict[str, Any]:
        """Return what to connect with: as Django has it, but for how moments are read."""
        found: dict[str, Any] = super().get_connection_params()
        found["context"] = context = AdaptersMap(found["context"])
        context.register_loader("timestamptz", _MOMENTS)
        context.register_dumper(list, _Lists)
        return found

    def create_cursor(self, name: str | None = None) -> Any:
        """Return a cursor; Django's own would look for its loader of moments."""
        if name is None:
            return self.connection.cursor()
        return _KEPT_BY_SERVER(self.connection, name=name, scrollable=False, withhold=self.connection.autocommit)

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
