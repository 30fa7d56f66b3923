"""Acts that two people must want."""

import django.db.models.deletion
from django.db import migrations, models

import muniment.core.clock
import muniment.core.ids
import muniment.trust.vault.fields
from muniment.core.db import rls


class Migration(migrations.Migration):
    """Acts that two people must want."""

    dependencies = [("access", "0001_grants"), ("clients", "0001_walls")]

    operations = [
        migrations.CreateModel(
            name="Approval",
            fields=[
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("act", models.TextField()),
                ("object_kind", models.TextField()),
                ("object_id", models.UUIDField()),
                ("state", models.TextField(default="asked")),
                ("reason", muniment.trust.vault.fields.SealedText(editable=True)),
                ("asked_by", models.UUIDField()),
                ("asked_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("not_before", models.DateTimeField(null=True)),
                ("decided_by", models.UUIDField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decision", muniment.trust.vault.fields.SealedText(default="", editable=True)),
                ("ended_by", models.UUIDField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
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
                "db_table": "approval",
                "constraints": (
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["asked", "approved", "declined", "taken-back", "used"])),
                        name="approval_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", None),
                            models.Q(("decided_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="approval_by_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["asked", "taken-back"]), ("decided_by__isnull", False), _connector="OR"
                        ),
                        name="approval_is_decided",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["asked", "approved"])),
                        fields=("client", "act", "object_id"),
                        name="one_open_approval",
                    ),
                ),
            },
        ),
        rls.protect("approval", rights="select, insert, update"),
    ]
