"""One-task links for people without an account; who sees and ends them, and who may look as a client."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import muniment.core.clock
import muniment.core.ids
import muniment.trust.vault.fields
from muniment.core.db import rls

VERBS = {
    "link:list": ("super-admin", "admin", "advisor", "auditor", "manager"),
    "link:revoke": ("super-admin", "admin", "advisor", "manager"),
    "client:look": ("advisor", "analyst", "engineer"),
}


def add_verbs(apps, schema_editor):
    """Add the verbs where they are not held yet: in a new installation they are."""
    roles, held = apps.get_model("access", "Role"), apps.get_model("access", "RoleAction")
    for verb, names in VERBS.items():
        for role in roles.objects.filter(name__in=names):
            held.objects.get_or_create(role=role, verb=verb)


class Migration(migrations.Migration):
    """A table, and new verbs of built-in roles."""

    dependencies: ClassVar = [("access", "0008_who_may")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="GuestLink",
            fields=[
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("task", models.TextField()),
                ("scope_kind", models.TextField()),
                ("scope_id", models.UUIDField()),
                ("purpose", muniment.trust.vault.fields.SealedText(editable=True)),
                ("secret_hash", models.BinaryField()),
                ("made_by", models.UUIDField()),
                ("made_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("expires_at", models.DateTimeField()),
                ("most_uses", models.PositiveSmallIntegerField()),
                ("used_count", models.PositiveSmallIntegerField(default=0)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("revoked_by", models.UUIDField(null=True)),
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
                "db_table": "guest_link",
                "indexes": [models.Index(fields=["client", "scope_id"], name="guest_link_scope_id")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("task__in", ["view", "upload"])), name="guest_link_task"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("scope_kind", "folder"),
                            models.Q(("scope_kind", "document"), ("task", "view")),
                            _connector="OR",
                        ),
                        name="guest_link_scope",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("used_count__lte", models.F("most_uses"))), name="guest_link_uses"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("made_at"))), name="guest_link_ends_after"
                    ),
                    models.UniqueConstraint(fields=("client", "secret_hash"), name="one_guest_link_a_secret"),
                ],
            },
        ),
        rls.protect("guest_link", rights="select, insert, update"),
        migrations.RunPython(add_verbs, migrations.RunPython.noop),
    ]
