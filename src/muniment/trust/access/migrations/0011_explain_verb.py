"""Let those who administer, advise, audit or manage see who may what in a client, and why."""

from typing import ClassVar

from django.db import migrations

VERB = "access:explain"
ROLES = ("super-admin", "admin", "advisor", "auditor", "manager")


def add_verb(apps, schema_editor):
    """Add the verb where it is not held yet: in a new installation it is."""
    roles, held = apps.get_model("access", "Role"), apps.get_model("access", "RoleAction")
    for role in roles.objects.filter(name__in=ROLES):
        held.objects.get_or_create(role=role, verb=VERB)


class Migration(migrations.Migration):
    """A new verb of built-in roles."""

    dependencies: ClassVar = [("access", "0010_conditions")]
    operations: ClassVar = [migrations.RunPython(add_verb, migrations.RunPython.noop)]
