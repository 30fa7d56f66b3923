"""Let those who administer, and the firm's auditors, see how the portal is."""

from typing import ClassVar

from django.db import migrations

VERB = "health:read"
ROLES = ("super-admin", "admin", "auditor")


def add_verb(apps, schema_editor):
    """Add the verb where it is not held yet: in a new installation it is."""
    roles, held = apps.get_model("access", "Role"), apps.get_model("access", "RoleAction")
    for role in roles.objects.filter(name__in=ROLES):
        held.objects.get_or_create(role=role, verb=VERB)


class Migration(migrations.Migration):
    """A new verb of built-in roles."""

    dependencies: ClassVar = [("access", "0005_key_verbs")]
    operations: ClassVar = [migrations.RunPython(add_verb, migrations.RunPython.noop)]
