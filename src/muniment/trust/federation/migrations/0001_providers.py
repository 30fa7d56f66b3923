"""Providers, domains, and whom providers know."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import muniment.core.clock
import muniment.core.ids
import muniment.trust.clients.types
import muniment.trust.vault.fields
from muniment.core.db import rls

_ID = ("id", models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False))
_RUNNING = [
    # Before a client is known: who signs in a domain? One client and one provider, for a domain that was proved.
    "create policy definer_reads on provider for select to muniment_definer using (true)",
    "create policy definer_reads on provider_domain for select to muniment_definer using (true)",
    "grant select (client_id, id, state, removed_at) on provider to muniment_definer",
    "grant select (client_id, provider_id, name, proved_at) on provider_domain to muniment_definer",
    "create function app.provider_of(names text[], out client_id uuid, out provider_id uuid) "
    "language sql stable security definer set search_path = app, pg_temp "
    "begin atomic select p.client_id, p.id from app.provider p "
    "join app.provider_domain d on d.client_id = p.client_id and d.provider_id = p.id "
    "where d.name = any(names) and d.proved_at is not null and p.removed_at is null and p.state in ('on', 'enforced') "
    "limit 1; end",
    "alter function app.provider_of(text[]) owner to muniment_definer",
    "set local role muniment_definer",  # rights to a function are its owner's to give
    "revoke all on function app.provider_of(text[]) from public",
    "grant execute on function app.provider_of(text[]) to muniment_app, muniment_job",
    "reset role",
]


def _client():
    return (
        "client",
        models.ForeignKey(
            db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
        ),
    )


def _provider():
    return (
        "provider",
        muniment.trust.clients.types.ClientReference(
            db_constraint=False,
            db_index=False,
            on_delete=django.db.models.deletion.PROTECT,
            related_name="+",
            to="federation.provider",
        ),
    )


class Migration(migrations.Migration):
    """The tables of single sign-on."""

    initial = True
    dependencies: ClassVar = [("clients", "0001_walls"), ("vault", "0001_keys")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Provider",
            fields=[
                _ID,
                ("kind", models.TextField()),
                ("name", muniment.trust.vault.fields.SealedText(editable=True)),
                ("settings", muniment.trust.vault.fields.SealedJSON(editable=True)),
                ("shared_secret", muniment.trust.vault.fields.SealedText(default="", editable=True)),
                ("state", models.TextField(default="new")),
                ("admits", models.BooleanField(default=False)),
                ("role", models.TextField(default="")),
                ("made_by", models.UUIDField(null=True)),
                ("made_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("tested_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("removed_at", models.DateTimeField(null=True)),
                _client(),
            ],
            options={
                "db_table": "provider",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("kind__in", ("oidc", "saml"))), name="provider_kind"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("new", "on", "enforced", "off"))), name="provider_state"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "enforced"), _negated=True),
                            models.Q(("removed_at", None), ("tested_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="provider_enforced_was_tested",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Domain",
            fields=[
                _ID,
                ("name", muniment.trust.vault.fields.PeopleEmail()),
                ("proof", models.TextField()),
                ("made_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("proved_at", models.DateTimeField(null=True)),
                ("proved_by", models.TextField(default="")),
                _client(),
                _provider(),
            ],
            options={
                "db_table": "provider_domain",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("proved_by__in", ("", "dns", "file"))), name="provider_domain_proof"
                    ),
                    models.UniqueConstraint(fields=("client", "name"), name="provider_domain_once_a_client"),
                    models.UniqueConstraint(
                        condition=models.Q(("proved_at__isnull", False)),
                        fields=("name",),
                        name="provider_domain_proved_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Known",
            fields=[
                _ID,
                ("subject", muniment.trust.vault.fields.PeopleEmail()),
                ("person_id", models.UUIDField()),
                ("linked_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("used_at", models.DateTimeField(default=muniment.core.clock.now)),
                _client(),
                _provider(),
            ],
            options={
                "db_table": "provider_known",
                "constraints": [
                    models.UniqueConstraint(fields=("client", "provider", "subject"), name="provider_known_subject"),
                    models.UniqueConstraint(fields=("client", "provider", "person_id"), name="provider_known_person"),
                ],
            },
        ),
        rls.protect("provider", rights="select, insert, update"),
        rls.protect("provider_domain", references={"provider_id": "provider"}),
        rls.protect("provider_known", references={"provider_id": "provider"}),
        migrations.RunSQL(sql=_RUNNING, reverse_sql=migrations.RunSQL.noop),
    ]
