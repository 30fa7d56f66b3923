"""Let those who decide about access do so, and the firm's auditors see what was reviewed."""

from typing import ClassVar

from django.db import migrations

VERBS = {
    "request:decide": ("super-admin", "admin", "advisor", "manager"),
    "review:read": ("super-admin", "admin", "advisor", "auditor", "manager"),
    "review:decide": ("super-admin", "admin", "advisor", "manager"),
}


def add_verbs(apps, schema_editor):
    """Add the verbs where they are not held yet: in a new installation they are."""
    roles, held = apps.get_model("access", "Role"), apps.get_model("access", "RoleAction")
    for verb, names in VERBS.items():
        for role in roles.objects.filter(name__in=names):
            held.objects.get_or_create(role=role, verb=verb)


class Migration(migrations.Migration):
    """New verbs of built-in roles."""

    dependencies: ClassVar = [("oversight", "0001_oversight"), ("access", "0008_who_may")]
    operations: ClassVar = [migrations.RunPython(add_verbs, migrations.RunPython.noop)]
