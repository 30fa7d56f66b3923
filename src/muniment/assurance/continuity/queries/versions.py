"""Which version of the portal, and of its tables, a backup is of."""

import hashlib
import importlib.metadata

from django.db.migrations.recorder import MigrationRecorder

SHOWN = 16


def this_version() -> str:
    """Return the version of the portal that runs."""
    return importlib.metadata.version("muniment")


def applied() -> list[str]:
    """Return the migrations that ran in the database, as "app.name", sorted."""
    rows = MigrationRecorder.Migration.objects.values_list("app", "name")
    return sorted(f"{app}.{name}" for app, name in rows)


def migrations_digest() -> str:
    """Return 16 hexadecimal digits that are the same for the same migrations."""
    return hashlib.sha256("\n".join(applied()).encode()).hexdigest()[:SHOWN]
