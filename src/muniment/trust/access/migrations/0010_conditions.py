"""Access profiles and named networks, and who may see and set conditions."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

import muniment.core.clock
import muniment.core.ids
import muniment.trust.vault.fields
from muniment.core.db import rls

VERBS = {
    "conditions:set": ("super-admin", "admin"),
    "conditions:read": ("super-admin", "admin", "advisor", "auditor", "manager"),
}
_FIRM = "(select app.cid()) = (select app.firm_id())"
# Every client's request asks which networks an address is in; only a transaction bound to the firm names them.
_NETWORKS_ARE_THE_FIRMS = [
    "alter table named_network enable row level security",
    "create policy read_by_all on named_network for select using (true)",
    f"create policy made_by_the_firm on named_network for insert to {rls.READERS} with check ({_FIRM})",
    f"create policy ended_by_the_firm on named_network for update to {rls.READERS} using ({_FIRM}) with check ({_FIRM})",
]


def add_verbs(apps, schema_editor):
    """Add the verbs where they are not held yet: in a new installation they are."""
    roles, held = apps.get_model("access", "Role"), apps.get_model("access", "RoleAction")
    for verb, names in VERBS.items():
        for role in roles.objects.filter(name__in=names):
            held.objects.get_or_create(role=role, verb=verb)


class Migration(migrations.Migration):
    """Profiles and networks."""

    dependencies: ClassVar = [("access", "0009_guest_links"), ("clients", "0001_walls")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="NamedNetwork",
            fields=[
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("name", models.TextField()),
                ("cidrs", models.JSONField(default=list)),
                ("is_blocked", models.BooleanField(default=False)),
                ("set_by", models.UUIDField(null=True)),
                ("starts_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("ends_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "named_network",
                "constraints": [
                    models.UniqueConstraint(fields=["name"], condition=Q(ends_at=None), name="one_network_of_a_name"),
                    models.CheckConstraint(
                        condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")), name="network_ends"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AccessProfile",
            fields=[
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("version", models.PositiveIntegerField()),
                ("is_for_new_clients", models.BooleanField(default=False)),
                ("body", muniment.trust.vault.fields.SealedJSON(editable=True)),
                ("set_by", models.UUIDField(null=True)),
                ("set_at", models.DateTimeField(default=muniment.core.clock.now)),
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
                "db_table": "access_profile",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["client", "is_for_new_clients", "version"], name="one_of_each_version"
                    )
                ],
            },
        ),
        rls.protect("access_profile", rights="select, insert, update"),
        migrations.RunSQL(sql=_NETWORKS_ARE_THE_FIRMS, reverse_sql=migrations.RunSQL.noop),
        migrations.RunPython(add_verbs, migrations.RunPython.noop),
    ]
