"""Let advisors and managers say how guarded things are, and close folders."""

from typing import ClassVar

from django.db import migrations

VERBS = ("label:set", "folder:close")
ROLES = ("advisor", "manager")


def add_verbs(apps, schema_editor):
    """Add the verbs where they are not held yet: in a new installation they are."""
    roles, held = apps.get_model("access", "Role"), apps.get_model("access", "RoleAction")
    for role in roles.objects.filter(name__in=ROLES):
        for verb in VERBS:
            held.objects.get_or_create(role=role, verb=verb)


class Migration(migrations.Migration):
    """New verbs of built-in roles."""

    dependencies: ClassVar = [("access", "0012_rules")]
    operations: ClassVar = [migrations.RunPython(add_verbs, migrations.RunPython.noop)]
