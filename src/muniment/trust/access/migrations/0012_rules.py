"""Extra rules, and who may ask for them and name networks."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

import muniment.core.ids
import muniment.trust.vault.fields
from muniment.core.db import rls

VERBS = ("rule:set", "network:set")
ROLES = ("super-admin", "admin")


def add_verbs(apps, schema_editor):
    """Add the verbs where they are not held yet: in a new installation they are."""
    roles, held = apps.get_model("access", "Role"), apps.get_model("access", "RoleAction")
    for role in roles.objects.filter(name__in=ROLES):
        for verb in VERBS:
            held.objects.get_or_create(role=role, verb=verb)


class Migration(migrations.Migration):
    """Extra rules."""

    dependencies: ClassVar = [("access", "0011_explain_verb"), ("clients", "0001_walls")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="AccessRule",
            fields=[
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("rule_id", models.UUIDField()),
                ("version", models.PositiveIntegerField()),
                ("body", muniment.trust.vault.fields.SealedText(editable=True)),
                ("replay", muniment.trust.vault.fields.SealedText(default="", editable=True)),
                ("starts_at", models.DateTimeField(null=True)),
                ("ends_at", models.DateTimeField(null=True)),
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
                "db_table": "access_rule",
                "constraints": (
                    models.UniqueConstraint(fields=["client", "rule_id", "version"], name="one_of_each_rule_version"),
                    models.UniqueConstraint(
                        fields=["client", "rule_id"],
                        condition=Q(starts_at__isnull=False, ends_at=None),
                        name="one_running_rule_version",
                    ),
                    models.CheckConstraint(
                        condition=Q(ends_at=None) | Q(starts_at=None) | Q(ends_at__gte=F("starts_at")),
                        name="rule_ends_after",
                    ),
                ),
            },
        ),
        rls.protect("access_rule", rights="select, insert, update"),
        migrations.RunPython(add_verbs, migrations.RunPython.noop),
    ]
