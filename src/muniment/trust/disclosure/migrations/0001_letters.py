"""Which letters about a client's log are sent, and who may choose."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import muniment.core.ids
from muniment.core.db import rls

VERB = "letters:set"
ROLES = ("super-admin", "admin", "manager")


def add_verb(apps, schema_editor):
    """Add the verb where it is not held yet: in a new installation it is."""
    roles, held = apps.get_model("access", "Role"), apps.get_model("access", "RoleAction")
    for role in roles.objects.filter(name__in=ROLES):
        held.objects.get_or_create(role=role, verb=VERB)


class Migration(migrations.Migration):
    """One table."""

    initial = True
    dependencies: ClassVar = [("access", "0006_health_verb"), ("clients", "0001_walls")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="LogLetters",
            fields=[
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("weekly", models.BooleanField(default=True)),
                ("receipts", models.BooleanField(default=False)),
                ("set_by", models.UUIDField(null=True)),
                ("set_at", models.DateTimeField(null=True)),
                ("weekly_until", models.DateTimeField(null=True)),
                ("month_told", models.DateField(null=True)),
                ("receipts_from", models.BigIntegerField(default=0)),
                (
                    "client",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clients.client",
                    ),
                ),
            ],
            options={
                "db_table": "log_letters",
                "constraints": (models.UniqueConstraint(fields=("client",), name="one_set_of_log_letters"),),
            },
        ),
        rls.protect("log_letters"),
        migrations.RunPython(add_verb, migrations.RunPython.noop),
    ]
