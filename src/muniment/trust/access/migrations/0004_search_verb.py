"""Let those who administer, and a client's managers, switch the search of a client off and on."""

from typing import ClassVar

from django.db import migrations

VERB = "search:switch"
ROLES = ("super-admin", "admin", "manager")


def add_verb(apps, schema_editor):
    """Add the verb where it is not held yet: in a new installation it is."""
    roles, held = apps.get_model("access", "Role"), apps.get_model("access", "RoleAction")
    for role in roles.objects.filter(name__in=ROLES):
        held.objects.get_or_create(role=role, verb=VERB)


class Migration(migrations.Migration):
    """A new verb of built-in roles."""

    dependencies: ClassVar = [("access", "0003_new_verbs")]
    operations: ClassVar = [migrations.RunPython(add_verb, migrations.RunPython.noop)]
