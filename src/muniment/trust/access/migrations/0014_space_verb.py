"""Let advisors make spaces."""

from typing import ClassVar

from django.db import migrations

VERB = "space:create"


def add_verb(apps, schema_editor):
    """Add the verb where it is not held yet: in a new installation it is."""
    roles, held = apps.get_model("access", "Role"), apps.get_model("access", "RoleAction")
    for role in roles.objects.filter(name="advisor"):
        held.objects.get_or_create(role=role, verb=VERB)


class Migration(migrations.Migration):
    """A new verb of a built-in role."""

    dependencies: ClassVar = [("access", "0013_guarding_verbs")]
    operations: ClassVar = [migrations.RunPython(add_verb, migrations.RunPython.noop)]
