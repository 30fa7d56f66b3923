"""Roles, what they may do, and grants."""

import django.db.models.deletion
from django.db import migrations, models

import muniment.core.clock
import muniment.core.ids
import muniment.trust.vault.fields
from muniment.core.db import rls
from muniment.trust.access.roles import BUILT_IN


def lay_roles(apps, schema_editor):
    """Make the built-in roles."""
    role_model, action_model = apps.get_model("access", "Role"), apps.get_model("access", "RoleAction")
    for (name, side), verbs in BUILT_IN.items():
        role = role_model.objects.create(name=name, side=side)
        action_model.objects.bulk_create(action_model(role=role, verb=verb) for verb in verbs)


class Migration(migrations.Migration):
    """Roles, what they may do, and grants."""

    initial = True

    dependencies = [
        ("clients", "0001_walls"),
        ("vault", "0001_keys"),
    ]

    operations = [
        migrations.CreateModel(
            name="Role",
            fields=[
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("name", models.TextField(unique=True)),
                ("side", models.TextField()),
            ],
            options={
                "db_table": "role",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("side__in", ["firm", "client", "share"])), name="role_side"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Grant",
            fields=[
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("person_id", models.UUIDField(null=True)),
                ("scope_kind", models.TextField(default="client")),
                ("scope_id", models.UUIDField(null=True)),
                ("purpose", muniment.trust.vault.fields.SealedText(editable=True)),
                ("given_by", models.UUIDField(null=True)),
                ("starts_at", models.DateTimeField(default=muniment.core.clock.now)),
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
                (
                    "role",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.role"
                    ),
                ),
            ],
            options={
                "db_table": "access_grant",
                "indexes": [
                    models.Index(fields=["client", "person_id"], name="grant_person"),
                    models.Index(fields=["client", "scope_id"], name="grant_scope"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("scope_id", None), ("scope_kind", "client")),
                            models.Q(models.Q(("scope_kind", "client"), _negated=True), ("scope_id__isnull", False)),
                            _connector="OR",
                        ),
                        name="scope_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at", None), ("ends_at__gte", models.F("starts_at")), _connector="OR"),
                        name="grant_ends_after",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RoleAction",
            fields=[
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("verb", models.TextField()),
                (
                    "role",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="actions", to="access.role"
                    ),
                ),
            ],
            options={
                "db_table": "role_action",
                "constraints": [models.UniqueConstraint(fields=("role", "verb"), name="verb_once_a_role")],
            },
        ),
        rls.protect("access_grant", rights="select, insert, update"),
        migrations.RunPython(lay_roles, migrations.RunPython.noop),
    ]
