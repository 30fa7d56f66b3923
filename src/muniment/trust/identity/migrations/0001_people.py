"""People, companies, invitations, sessions and mails."""

import django.db.models.deletion
from django.db import migrations, models

import muniment.core.clock
import muniment.core.ids
import muniment.trust.vault.fields
from muniment.core.db import rls

_PERSON_OF = [
    f"alter table {table} add constraint {table}_person foreign key (person_id) references person (id)"
    for table in ("membership", "access_grant", "session", "lockout", "letter")
]


class Migration(migrations.Migration):
    """People, companies, invitations, sessions and mails."""

    initial = True

    dependencies = [
        ("clients", "0001_walls"),
        ("access", "0001_grants"),
        ("audit", "0001_entries"),
    ]

    operations = [
        migrations.CreateModel(
            name="Letter",
            fields=[
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("person_id", models.UUIDField(null=True)),
                ("message", muniment.trust.vault.fields.PeopleJSON(editable=True)),
                ("created_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("sent_at", models.DateTimeField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "db_table": "letter",
            },
        ),
        migrations.CreateModel(
            name="Lockout",
            fields=[
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("key_hash", models.BinaryField(unique=True)),
                ("person_id", models.UUIDField(null=True)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("first_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("until", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "lockout",
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("key_hash", models.BinaryField(unique=True)),
                ("person_id", models.UUIDField(db_index=True, null=True)),
                ("data", muniment.trust.vault.fields.PeopleText(default="", editable=True)),
                ("device", muniment.trust.vault.fields.PeopleJSON(default=dict, editable=True)),
                ("created_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("used_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("expires_at", models.DateTimeField(db_index=True)),
            ],
            options={
                "db_table": "session",
            },
        ),
        migrations.CreateModel(
            name="SetupLink",
            fields=[
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("secret_hash", models.BinaryField(unique=True)),
                ("created_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "setup_link",
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("email", muniment.trust.vault.fields.PeopleEmail(unique=True)),
                ("name", muniment.trust.vault.fields.PeopleText(editable=True)),
                ("kind", models.TextField()),
                ("created_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("disabled_at", models.DateTimeField(null=True)),
                ("credentials_changed_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("password_flagged_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "person",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("kind__in", ["staff", "contact"])), name="person_kind")
                ],
            },
        ),
        migrations.CreateModel(
            name="Company",
            fields=[
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("name", muniment.trust.vault.fields.SealedText(editable=True)),
                ("line", muniment.trust.vault.fields.SealedText(default="", editable=True)),
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
                "db_table": "company",
                "constraints": [models.UniqueConstraint(fields=("client",), name="one_company_a_client")],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("email", muniment.trust.vault.fields.PeopleEmail()),
                ("name", muniment.trust.vault.fields.PeopleText(editable=True)),
                ("kind", models.TextField()),
                ("role", models.TextField()),
                ("purpose", muniment.trust.vault.fields.SealedText(editable=True)),
                ("grant_until", models.DateTimeField(null=True)),
                ("secret_hash", models.BinaryField()),
                ("invited_by", models.UUIDField(null=True)),
                ("created_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
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
                "db_table": "invitation",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["contact", "staff"])), name="invitation_kind"
                    ),
                    models.UniqueConstraint(fields=("client", "secret_hash"), name="one_invitation_a_secret"),
                ],
            },
        ),
        rls.protect("company", rights="select, insert, update"),
        rls.protect("invitation", rights="select, insert, update"),
        migrations.RunSQL(sql=_PERSON_OF, reverse_sql=migrations.RunSQL.noop),
    ]
