"""Give built-in roles the verbs that came after them: about what is held back, and which uploads are let in."""

from typing import ClassVar

from django.db import migrations

NEW = {
    "super-admin": ("quarantine:read", "version:release", "version:destroy", "upload-rules:set"),
    "admin": ("quarantine:read", "version:release", "version:destroy", "upload-rules:set"),
    "advisor": ("quarantine:read", "version:release", "version:destroy"),
}


def add_verbs(apps, schema_editor):
    """Add what a role does not hold yet: in a new installation every role holds all of it."""
    roles, held = apps.get_model("access", "Role"), apps.get_model("access", "RoleAction")
    for name, verbs in NEW.items():
        for role in roles.objects.filter(name=name):
            for verb in verbs:
                held.objects.get_or_create(role=role, verb=verb)


class Migration(migrations.Migration):
    """New verbs of built-in roles."""

    dependencies: ClassVar = [("access", "0002_approvals")]
    operations: ClassVar = [migrations.RunPython(add_verbs, migrations.RunPython.noop)]
