"""Django's PostgreSQL backend, binding every transaction at its start.

Nothing is ever set at session level, so a pooled connection carries no client to the next request;
and a statement outside a transaction sees no client's row at all.
"""

from django.db.backends.postgresql import base

from muniment.core.db import binding


class DatabaseWrapper(base.DatabaseWrapper):
    """Binds client, person and role whenever a transaction begins."""

    def _set_autocommit(self, autocommit: bool) -> None:  # noqa: FBT001 - Django's signature
        """Begin a transaction that is bound already, or go back to none.

        One round trip: the driver would send a BEGIN of its own before the first statement.
        """
        if autocommit:
            super()._set_autocommit(autocommit)  # type: ignore[misc] # the stubs leave it out
            return
        values = binding.current.get()
        role = f"; {binding.role_sql(values.role)}" if values.role else ""
        with self.wrap_database_errors, self.connection.cursor() as cursor:
            try:
                cursor.execute(f"begin; {binding.SQL}{role}", binding.parameters(values))
            except BaseException:
                self.connection.rollback()  # it began, and nobody would end it
                raise
