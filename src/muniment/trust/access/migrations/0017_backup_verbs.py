"""Let those who administer see backups, make them and restore from them."""

from typing import ClassVar

from django.db import migrations

VERBS = ("backup:read", "backup:run", "backup:restore")
ROLES = ("super-admin", "admin")


def add_verbs(apps, schema_editor):
    """Add the verbs where they are not held yet: in a new installation they are."""
    roles, held = apps.get_model("access", "Role"), apps.get_model("access", "RoleAction")
    for role in roles.objects.filter(name__in=ROLES):
        for verb in VERBS:
            held.objects.get_or_create(role=role, verb=verb)


class Migration(migrations.Migration):
    """New verbs of built-in roles."""

    dependencies: ClassVar = [("access", "0016_parts")]
    operations: ClassVar = [migrations.RunPython(add_verbs, migrations.RunPython.noop)]
