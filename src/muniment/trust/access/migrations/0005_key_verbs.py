"""Give the roles that administer the verbs about keys, holds and destruction."""

from typing import ClassVar

from django.db import migrations

VERBS = ("key:list", "key:turn", "key:destroy", "hold:place")


def add_verbs(apps, schema_editor):
    """Add what a role does not hold yet: in a new installation it holds all of it."""
    roles, held = apps.get_model("access", "Role"), apps.get_model("access", "RoleAction")
    for role in roles.objects.filter(name__in=["super-admin", "admin"]):
        for verb in VERBS:
            held.objects.get_or_create(role=role, verb=verb)


class Migration(migrations.Migration):
    """Verbs about keys."""

    dependencies: ClassVar = [("access", "0004_search_verb")]
    operations: ClassVar = [migrations.RunPython(add_verbs, migrations.RunPython.noop)]
