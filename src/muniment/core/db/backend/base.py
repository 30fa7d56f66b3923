"""Django's PostgreSQL backend, binding every transaction at its start.

Nothing is ever set at session level, so a pooled connection carries no client to the next request;
and a statement outside a transaction sees no client's row at all.
"""

from django.db.backends.postgresql import base

from muniment.core.db import binding


class DatabaseWrapper(base.DatabaseWrapper):
    """Binds client, person and role whenever a transaction begins."""

    def set_autocommit(self, autocommit: bool, force_begin_transaction_with_broken_autocommit: bool = False) -> None:  # noqa: FBT001, FBT002
        """Begin or end a transaction; a beginning one is bound before anything else runs in it."""
        super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)
        if not autocommit:
            bind(self, binding.current.get())


def bind(wrapper: base.DatabaseWrapper, values: binding.Binding) -> None:
    """Bind the open transaction of `wrapper` to `values`, in one round trip where no role is taken up."""
    with wrapper.connection.cursor() as cursor:
        cursor.execute(binding.SQL, binding.parameters(values))
        if values.role:
            cursor.execute(binding.role_sql(values.role))
