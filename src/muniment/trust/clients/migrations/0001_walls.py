"""The list of clients, memberships, and the walls around both."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import muniment.core.clock
import muniment.core.ids
from muniment.core.db import rls

_CLIENT_WALLS = [
    "alter table client enable row level security",
    "alter table client force row level security",
    "create policy definer_reads on client for select to muniment_definer using (true)",
    "create policy one_client on client to muniment_app, muniment_job "
    "using (id = (select app.cid())) with check (id = (select app.cid()))",
    # The firm's own space shows the directory of clients: ids and states, nothing else lies here.
    "create policy directory on client for select to muniment_app, muniment_job "
    "using ((select app.cid()) = (select app.firm_id()))",
    "create policy desk on client for select to muniment_desk using (id in "
    "(select m.client_id from membership m where m.person_id = (select app.pid()) and m.ended_at is null))",
    "grant select on client to muniment_desk, muniment_definer",
]
_FIRM_ID = [
    # Through a table of clients that nobody else reads whole: one id, the firm's.
    "create function app.firm_id() returns uuid language sql stable security definer set search_path = app, pg_temp "
    "return (select id from app.client where kind = 'firm')",
    "alter function app.firm_id() owner to muniment_definer",
    "grant execute on function app.firm_id() to muniment_app, muniment_job, muniment_desk, muniment_auditor",
]
_OWN_MEMBERSHIPS = [
    "drop policy desk on membership",
    "create policy own on membership for select to muniment_desk using (person_id = (select app.pid()))",
    "create index membership_person on membership (client_id, person_id)",
]


class Migration(migrations.Migration):
    """The first tables: who is a client, and who belongs to it."""

    initial = True
    dependencies: ClassVar = [("core", "0001_ground")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Client",
            fields=[
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("kind", models.TextField(default="client")),
                ("created_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "client",
                "constraints": (
                    models.CheckConstraint(condition=models.Q(("kind__in", ["firm", "client"])), name="client_kind"),
                    models.UniqueConstraint(condition=models.Q(("kind", "firm")), fields=("kind",), name="one_firm"),
                ),
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("person_id", models.UUIDField()),
                ("kind", models.TextField()),
                ("started_at", models.DateTimeField(default=muniment.core.clock.now)),
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
                "db_table": "membership",
                "constraints": (
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["contact", "staff"])), name="membership_kind"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("client", "person_id"),
                        name="one_membership_at_a_time",
                    ),
                ),
            },
        ),
        migrations.RunSQL(sql=_FIRM_ID, reverse_sql=migrations.RunSQL.noop),
        migrations.RunSQL(sql=_CLIENT_WALLS, reverse_sql=migrations.RunSQL.noop),
        rls.protect("membership"),
        migrations.RunSQL(sql=_OWN_MEMBERSHIPS, reverse_sql=migrations.RunSQL.noop),
    ]
