"""Holds, destructions, and a look at the age of all clients' keys."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import muniment.core.clock
import muniment.core.ids
import muniment.trust.vault.fields
from muniment.core.db import rls


def _identifier():
    return ("id", models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False))


def _client():
    return (
        "client",
        models.ForeignKey(
            db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
        ),
    )


_FACTS = [
    # Counts and times alone leave this function: no id of a client, and no key.
    "create policy definer_reads on client_key for select to muniment_definer using (true)",
    "grant select (client_id, version, created_at) on client_key to muniment_definer",
    "create function app.client_key_facts(out clients bigint, out oldest timestamptz, out versions bigint) "
    "language sql stable security definer set search_path = app, pg_temp "
    "begin atomic select count(*), min(k.newest), coalesce(max(k.version), 0)::bigint "
    "from (select max(version) as version, max(created_at) as newest from app.client_key group by client_id) k; end",
    "alter function app.client_key_facts() owner to muniment_definer",
    "revoke all on function app.client_key_facts() from public",
    "grant execute on function app.client_key_facts() to muniment_app, muniment_job",
]


class Migration(migrations.Migration):
    """The tables of custody."""

    initial = True
    dependencies: ClassVar = [("clients", "0001_walls"), ("vault", "0004_turning")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Hold",
            fields=[
                _identifier(),
                ("kind", models.TextField()),
                ("object_id", models.UUIDField()),
                ("reason", muniment.trust.vault.fields.SealedText(editable=True)),
                ("placed_by", models.UUIDField(null=True)),
                ("placed_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("lifted_by", models.UUIDField(null=True)),
                ("lifted_at", models.DateTimeField(null=True)),
                _client(),
            ],
            options={
                "db_table": "hold",
                "constraints": (
                    models.CheckConstraint(condition=models.Q(("kind__in", ["client", "document"])), name="hold_kind"),
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at", None)),
                        fields=("client", "object_id"),
                        name="one_hold_at_a_time",
                    ),
                ),
            },
        ),
        migrations.CreateModel(
            name="Destruction",
            fields=[
                _identifier(),
                ("kind", models.TextField()),
                ("subject_id", models.UUIDField()),
                ("of_client", models.UUIDField(null=True)),
                ("state", models.TextField(default="asked")),
                ("reason", muniment.trust.vault.fields.SealedText(editable=True)),
                ("approval_id", models.UUIDField()),
                ("asked_by", models.UUIDField()),
                ("asked_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("approved_by", models.UUIDField(null=True)),
                ("approved_at", models.DateTimeField(null=True)),
                ("due_at", models.DateTimeField(null=True)),
                ("destroyed_at", models.DateTimeField(null=True)),
                ("proved_at", models.DateTimeField(null=True)),
                ("keys_destroyed", models.PositiveIntegerField(default=0)),
                ("blob_ids", muniment.trust.vault.fields.SealedJSON(default=list, editable=True)),
                ("certificate", muniment.trust.vault.fields.SealedJSON(editable=True, null=True)),
                _client(),
            ],
            options={
                "db_table": "destruction",
                "constraints": (
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["client", "document", "person"])), name="destruction_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["asked", "waiting", "declined", "taken-back", "destroyed", "proved", "failed"],
                            )
                        ),
                        name="destruction_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by", None),
                            models.Q(("approved_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="destruction_by_two_people",
                    ),
                ),
            },
        ),
        rls.protect("hold", rights="select, insert, update"),
        rls.protect("destruction", rights="select, insert, update"),
        migrations.RunSQL(sql=_FACTS, reverse_sql=migrations.RunSQL.noop),
    ]
