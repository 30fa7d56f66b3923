"""Let those who administer the firm set providers."""

from typing import ClassVar

from django.db import migrations


def add_verb(apps, schema_editor):
    """Add the verb where it is not held yet: in a new installation it is."""
    roles, held = apps.get_model("access", "Role"), apps.get_model("access", "RoleAction")
    for role in roles.objects.filter(name__in=("super-admin", "admin")):
        held.objects.get_or_create(role=role, verb="provider:set")


class Migration(migrations.Migration):
    """A new verb of built-in roles."""

    dependencies: ClassVar = [("federation", "0001_providers"), ("access", "0008_who_may")]
    operations: ClassVar = [migrations.RunPython(add_verb, migrations.RunPython.noop)]
